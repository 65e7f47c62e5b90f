import { createHash } from 'node:crypto';
import { S3Error } from '../errors.ts';
import type { ListedName } from './list-page.ts';

const CHECK_BYTES = 9;

/** An opaque token that stands for the last name of a page. */
export function writeToken({ kind, name }: ListedName): string {
  const body = Buffer.from(`${kind === 'key' ? 'k' : 'p'}${name}`, 'utf8');
  return Buffer.concat([check(body), body]).toString('base64');
}

/** Throws InvalidArgument for a token that was not written here, or was altered. */
export function readToken(token: string): ListedName {
  const bytes = Buffer.from(token, 'base64');
  const body = bytes.subarray(CHECK_BYTES);
  if (bytes.toString('base64') !== token || !check(body).equals(bytes.subarray(0, CHECK_BYTES))) {
    throw new S3Error('InvalidArgument', {
      message: 'The continuation token provided is incorrect',
      detail: { ArgumentName: 'continuation-token' },
    });
  }
  const text = body.toString('utf8');
  return { kind: text.startsWith('k') ? 'key' : 'prefix', name: text.slice(1) };
}

function check(body: Buffer): Buffer {
  return createHash('sha256').update('list-token').update(body).digest().subarray(0, CHECK_BYTES);
}
