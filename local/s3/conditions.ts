import { S3Error } from './errors.ts';
import type { StoredObject } from './object-store.ts';

type Headers = ReadonlyMap<string, string>;

/**
 * Whether a conditional read is answered with the object or with 304; throws PreconditionFailed.
 * If-Match that holds wins over If-Unmodified-Since, If-None-Match over If-Modified-Since.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function checkReadConditions(headers: Headers, object: StoredObject): 'send' | 'not modified' {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== undefined) {
    if (!namesETag(ifMatch, object.eTag)) throw failed('If-Match');
  } else if (isModifiedSince(headers.get('if-unmodified-since'), object) === true) {
    throw failed('If-Unmodified-Since');
  }

  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== undefined) return namesETag(ifNoneMatch, object.eTag) ? 'not modified' : 'send';
  return isModifiedSince(headers.get('if-modified-since'), object) === false ? 'not modified' : 'send';
}

/** An ETag as a header has it, without its quotes. */
export function unquoteETag(text: string): string {
  return text
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
}

function namesETag(header: string, eTag: string): boolean {
  return header.split(',').some((part) => ['*', eTag].includes(unquoteETag(part)));
}

/** Undefined for no date and for one that can't be read, which HTTP says to ignore. */
function isModifiedSince(header: string | undefined, object: StoredObject): boolean | undefined {
  const since = Date.parse(header ?? '');
  return Number.isNaN(since) ? undefined : Date.parse(object.lastModified) > since;
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { detail: { Condition: condition } });
}
