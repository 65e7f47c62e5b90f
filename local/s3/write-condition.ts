import { unquoteETag } from './conditions.ts';
import { S3Error } from './errors.ts';
import { notOffered } from './not-offered.ts';

/** What must hold for a write; without either it is unconditional. */
export interface WriteCondition {
  ifAbsent?: boolean;
  /** An ETag without quotes, or `*` for any object. */
  ifMatch?: string | undefined;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * Throws NotImplemented for an If-None-Match that names an ETag, as S3 does.
 */
export function writeCondition(headers: ReadonlyMap<string, string>): WriteCondition {
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notOffered('If-None-Match');
  const ifMatch = headers.get('if-match');
  return { ifAbsent: ifNoneMatch === '*', ifMatch: ifMatch === undefined ? undefined : unquoteETag(ifMatch) };
}

/** Throws PreconditionFailed or NoSuchKey where the condition does not hold for what is there. */
export function checkWriteCondition(
  key: string,
  { ifAbsent, ifMatch }: WriteCondition,
  current: { eTag: string } | undefined,
): void {
  if (ifAbsent === true && current !== undefined) throw preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return;
  if (current === undefined) throw new S3Error('NoSuchKey', { detail: { Key: key } });
  if (ifMatch !== '*' && ifMatch !== current.eTag) throw preconditionFailed('If-Match');
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { detail: { Condition: condition } });
}
