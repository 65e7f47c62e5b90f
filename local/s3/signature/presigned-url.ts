import { S3Error } from '../errors.ts';
import { checkPayloadHash } from '../upload/payload-hash.ts';
import { queryValue, type QueryParameter, type S3Request } from '../request.ts';
import { UNSUPPORTED_MECHANISM, type SignatureClaim } from './signature-claim.ts';
import { ALGORITHM } from './signature-v4.ts';

const MAX_EXPIRES_SECONDS = 604_800;
const MAX_EARLY_MS = 15 * 60 * 1000;
const REQUIRED = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'];
const SIGNATURE = 'X-Amz-Signature';

/** Whether the query claims to be signed. */
export function isPresigned(request: S3Request): boolean {
  if (queryValue(request, 'AWSAccessKeyId') !== undefined && queryValue(request, 'Signature') !== undefined) {
    // Signature version 2, which no bucket made since 2020 takes.
    throw new S3Error('InvalidRequest', { message: UNSUPPORTED_MECHANISM });
  }
  return ['X-Amz-Algorithm', 'X-Amz-Credential', SIGNATURE].some(
    (name) => queryValue(request, name) !== undefined,
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export function claimFromQuery(request: S3Request): SignatureClaim {
  const given = REQUIRED.map((name) => queryValue(request, `X-Amz-${name}`));
  if (given.some((value) => value === undefined)) throw queryError(MISSING_PARAMETERS);
  const [algorithm, credential = '', signature = '', amzDate = '', signedHeaders = '', expires = ''] = given;
  if (algorithm !== ALGORITHM) {
    throw queryError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  }
  if (!/^\d{8}T\d{6}Z$/.test(amzDate)) {
    throw queryError(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  const expiresSeconds = parseExpires(expires);
  const slash = credential.indexOf('/');
  return {
    accessKeyId: credential.slice(0, Math.max(0, slash)),
    scope: credential.slice(slash + 1),
    signedHeaders: signedHeaders.toLowerCase().split(';'),
    signature,
    amzDate,
    payloadHash: claimedPayloadHash(request),
    malformed: (what, detail = {}) =>
      queryError(`Error parsing the X-Amz-Credential parameter; ${what}`, detail),
    checkTime: (signedAt, now) => checkValidity(signedAt, expiresSeconds, now),
  };
}

/** The parameters that are signed: all but the signature. */
export function withoutSignature(query: readonly QueryParameter[]): QueryParameter[] {
  return query.filter(([name]) => name !== SIGNATURE);
}

/**
 * The request's headers with those that its signer moved into the query: S3 heeds `x-amz-*` there as
 * if it were a header. Checksums are the exception: it does not verify those of a presigned URL,
 * which a signer made over a body that it did not have.
 */
export function withHoistedHeaders(request: S3Request): S3Request {
  const headers = new Map(request.headers);
  for (const [name, value] of request.query) {
    const header = name.toLowerCase();
    if (!header.startsWith('x-amz-') || NOT_A_HEADER.test(header) || headers.has(header)) continue;
    if (!HEADER_NAME.test(header) || CONTROL_CHARACTER.test(value)) {
      throw new S3Error('InvalidArgument', { detail: { ArgumentName: name, ArgumentValue: value } });
    }
    headers.set(header, Buffer.from(value, 'utf8').toString('latin1'));
  }
  return { ...request, headers };
}

const NOT_A_HEADER =
  /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|content-sha256|sdk-checksum-algorithm|trailer|checksum-(?!mode$).*)$/;

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
// eslint-disable-next-line no-control-regex -- what no header can hold
const CONTROL_CHARACTER = /[\u0000-\u0008\u000a-\u001f\u007f]/;

const MISSING_PARAMETERS =
  'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, ' +
  'X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.';

function queryError(message: string, detail: Record<string, string> = {}): S3Error {
  return new S3Error('AuthorizationQueryParametersError', { message, detail });
}

function claimedPayloadHash(request: S3Request): string {
  const hash = request.headers.get('x-amz-content-sha256') ?? queryValue(request, 'X-Amz-Content-Sha256');
  if (hash === undefined) return 'UNSIGNED-PAYLOAD';
  checkPayloadHash(hash);
  return hash;
}

function parseExpires(text: string): number {
  if (!/^-?\d+$/.test(text)) throw queryError('X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds < 0) throw queryError('X-Amz-Expires must be non-negative');
  if (seconds > MAX_EXPIRES_SECONDS) {
    throw queryError(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  return seconds;
}

function checkValidity(signedAt: Date, expiresSeconds: number, now: number): void {
  if (signedAt.getTime() - now > MAX_EARLY_MS) {
    throw new S3Error('AccessDenied', { message: 'Request is not yet valid' });
  }
  const expiresAt = signedAt.getTime() + expiresSeconds * 1000;
  if (now <= expiresAt) return;
  throw new S3Error('AccessDenied', {
    message: 'Request has expired',
    detail: { 'X-Amz-Expires': expiresSeconds, Expires: isoSeconds(expiresAt), ServerTime: isoSeconds(now) },
  });
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}/, '');
}
