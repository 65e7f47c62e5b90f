import { S3Error } from '../errors.ts';

/** What `x-amz-content-sha256` may say in place of a SHA-256, and what the body then looks like. */
export type PayloadForm =
  | { kind: 'unsigned' }
  | { kind: 'signed'; sha256: string }
  | { kind: 'chunked'; signed: boolean; trailer: boolean };

const CHUNKED: Record<string, PayloadForm> = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { kind: 'chunked', signed: false, trailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { kind: 'chunked', signed: true, trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { kind: 'chunked', signed: true, trailer: true },
};

/** Throws InvalidArgument for a value that S3 doesn't know, NotImplemented for one that is not offered here. */
export function checkPayloadHash(value: string): void {
  payloadForm(value);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
export function payloadForm(value: string): PayloadForm {
  if (value === 'UNSIGNED-PAYLOAD') return { kind: 'unsigned' };
  if (/^[0-9a-f]{64}$/i.test(value)) return { kind: 'signed', sha256: value.toLowerCase() };
  const chunked = Object.hasOwn(CHUNKED, value) ? CHUNKED[value] : undefined;
  if (chunked !== undefined) return chunked;
  if (value.startsWith('STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD')) {
    throw new S3Error('NotImplemented', { detail: { Header: 'x-amz-content-sha256' } });
  }
  throw new S3Error('InvalidArgument', {
    message:
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, ' +
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, ' +
      'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    detail: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: value },
  });
}
