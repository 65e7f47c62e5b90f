import { checksumByHeader, CHECKSUMS, isChecksumValue, type ChecksumAlgorithm } from './checksums.ts';
import { S3Error } from '../errors.ts';
import { notOffered } from '../not-offered.ts';
import type { Call } from '../operation.ts';
import { payloadForm, type PayloadForm } from './payload-hash.ts';

export const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const PREFIX = 'x-amz-checksum-';
const TRAILER = 'x-amz-trailer';
/** Headers of the same beginning that name no checksum. */
const NO_CHECKSUM = ['x-amz-checksum-mode', 'x-amz-checksum-type', 'x-amz-checksum-algorithm'];

/** What an upload's headers say that its body will be. */
export interface UploadPlan {
  form: PayloadForm;
  /** Bytes of the object. */
  length: number;
  /** Base64. */
  contentMd5: string | undefined;
  checksum: ExpectedChecksum | undefined;
  /** What to compute where no checksum is expected; S3's own choice by default. */
  computed?: ChecksumAlgorithm;
  /** Takes what stands behind a chunked body. Throws MalformedTrailerError. */
  takeTrailers: (trailers: ReadonlyMap<string, string>) => void;
}

export interface ExpectedChecksum {
  algorithm: ChecksumAlgorithm;
  /** Base64; of a trailer, known once the body was read. */
  expected: () => string;
}

/**
 * Reads the headers of an upload before its body.
 * Throws EntityTooLarge, InvalidDigest, InvalidRequest, MissingContentLength or NotImplemented.
 */
export function planUpload({ request: { headers }, authorization }: Call): UploadPlan {
  const form = payloadForm(authorization.payloadHash);
  const length = bodyLength(headers, form);
  const contentMd5 = readContentMd5(headers);
  const header = checksumInHeader(headers);
  const trailer = checksumInTrailer(headers, form);
  if (header !== undefined && trailer !== undefined) throw invalid(SINGLE_CHECKSUM);
  checkAnnounced(headers, (header ?? trailer)?.algorithm);
  return {
    form,
    length,
    contentMd5,
    checksum: header ?? trailer,
    takeTrailers: (trailers) => {
      if (trailer === undefined && trailers.size > 0) throw new S3Error('MalformedTrailerError');
      trailer?.take(trailers);
    },
  };
}

type Headers = ReadonlyMap<string, string>;

function bodyLength(headers: Headers, form: PayloadForm): number {
  const isPlain = form.kind !== 'chunked';
  const text = headers.get(isPlain ? 'content-length' : 'x-amz-decoded-content-length') ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new S3Error('MissingContentLength');
  const length = Number(text);
  if (length > MAX_OBJECT_BYTES) {
    throw new S3Error('EntityTooLarge', {
      detail: { ProposedSize: length, MaxSizeAllowed: MAX_OBJECT_BYTES },
    });
  }
  return length;
}

function readContentMd5(headers: Headers): string | undefined {
  const value = headers.get('content-md5');
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === 16 && bytes.toString('base64') === value) return value;
  throw new S3Error('InvalidDigest', { detail: { 'Content-MD5': value } });
}

function checksumInHeader(headers: Headers): ExpectedChecksum | undefined {
  const names = [...headers.keys()].filter((name) => name.startsWith(PREFIX) && !NO_CHECKSUM.includes(name));
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) throw invalid(SINGLE_CHECKSUM);
  const algorithm = checksumByHeader(name);
  if (algorithm === undefined) throw notOffered(name);
  const value = headers.get(name) ?? '';
  if (!isChecksumValue(algorithm, value)) throw invalid(`Value for ${name} header is invalid.`);
  return { algorithm, expected: () => value };
}

type TrailingChecksum = ExpectedChecksum & { take: (trailers: Headers) => void };

function checksumInTrailer(headers: Headers, form: PayloadForm): TrailingChecksum | undefined {
  const name = headers.get(TRAILER)?.trim().toLowerCase();
  if (name === undefined || name === '') return undefined;
  if (form.kind !== 'chunked' || !form.trailer) throw new S3Error('MalformedTrailerError');
  const algorithm = checksumByHeader(name);
  if (algorithm === undefined) {
    throw name.startsWith(PREFIX)
      ? notOffered(TRAILER)
      : invalid('The value specified in the x-amz-trailer header is not supported');
  }
  let value = '';
  return {
    algorithm,
    expected: () => value,
    take: (trailers) => {
      value = trailers.get(name) ?? '';
      if (trailers.size !== 1 || value === '') throw new S3Error('MalformedTrailerError');
      if (!isChecksumValue(algorithm, value)) throw invalid(`Value for ${name} trailing header is invalid.`);
    },
  };
}

/** The SDKs announce the algorithm in a header of its own. */
function checkAnnounced(headers: Headers, found: ChecksumAlgorithm | undefined): void {
  const announced = headers.get('x-amz-sdk-checksum-algorithm')?.toUpperCase();
  if (announced === undefined) return;
  if (found === undefined) {
    throw invalid(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (announced !== found.name || !CHECKSUMS.includes(found)) {
    throw invalid('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
}

const SINGLE_CHECKSUM = 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.';

function invalid(message: string): S3Error {
  return new S3Error('InvalidRequest', { message });
}
