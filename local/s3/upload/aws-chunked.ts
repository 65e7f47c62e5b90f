import { createHash } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { isSameSecret } from '../../is-same-secret.ts';
import { S3Error } from '../errors.ts';
import { sha256Hex } from '../signature/signature-v4.ts';

/** Chunks but the last have at least so many bytes. */
const MIN_CHUNK_BYTES = 8192;
const MAX_HEADER_BYTES = 1024;
const MAX_TRAILERS = 16;

/** Checks the chain of signatures: each chunk's is made over that of the one before. */
export interface ChunkSigning {
  /** The request's own signature, the first of the chain. */
  seed: string;
  amzDate: string;
  scope: string;
  sign: (text: string) => Promise<string>;
}

export interface ChunkedOptions {
  /** Absent where chunks are not signed. */
  signing?: ChunkSigning | undefined;
  /** Bytes of the object: `x-amz-decoded-content-length`. */
  decodedLength: number;
  /** Is told the headers behind the last chunk, lower-case names. */
  onTrailers: (trailers: ReadonlyMap<string, string>) => void;
}

/**
 * The object's bytes out of S3's aws-chunked body, as they arrive:
 * `size-in-hex[;chunk-signature=…] CRLF bytes CRLF … 0[;chunk-signature=…] CRLF [trailer CRLF]… CRLF`.
 *
 * A chunk's bytes come out before its signature is checked: they count only when the whole was read
 * without an error. Throws IncompleteBody, InvalidChunkSizeError, MalformedTrailerError or
 * SignatureDoesNotMatch.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* decodeAwsChunked(
  source: AsyncIterator<Buffer>,
  options: ChunkedOptions,
): AsyncGenerator<Buffer, void, void> {
  const reader = new ByteReader(source);
  let previous = options.signing?.seed ?? '';
  let total = 0;
  for (let number = 1, lastSize = MIN_CHUNK_BYTES; ; number += 1) {
    const chunk = parseChunkHeader(await reader.line(MAX_HEADER_BYTES));
    if (chunk.size > 0 && lastSize < MIN_CHUNK_BYTES) throw tooSmall(number, lastSize);
    total += chunk.size;
    if (total > options.decodedLength) throw wrongLength();

    const hash = createHash('sha256');
    for (let left = chunk.size; left > 0;) {
      const bytes = await reader.some(left);
      left -= bytes.length;
      if (options.signing !== undefined) hash.update(bytes);
      yield bytes;
    }
    if (options.signing !== undefined) {
      previous = await checkChunk(options.signing, previous, hash.digest('hex'), chunk.signature);
    }
    if (chunk.size === 0) break;
    await reader.lineEnd();
    lastSize = chunk.size;
  }
  if (total !== options.decodedLength) throw wrongLength();
  options.onTrailers(await readTrailers(reader, options.signing, previous));
  await reader.end();
}

function parseChunkHeader(line: string): { size: number; signature: string } {
  const match = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line.trim());
  if (match === null) throw new S3Error('IncompleteBody');
  return { size: parseInt(match[1] ?? '', 16), signature: match[2] ?? '' };
}

async function checkChunk(
  signing: ChunkSigning,
  previous: string,
  hash: string,
  given: string,
): Promise<string> {
  const lines = [previous, EMPTY_SHA256, hash];
  return checkSignature(signing, 'AWS4-HMAC-SHA256-PAYLOAD', lines, given);
}

const EMPTY_SHA256 = sha256Hex('');

async function readTrailers(
  reader: ByteReader,
  signing: ChunkSigning | undefined,
  previous: string,
): Promise<Map<string, string>> {
  const trailers = new Map<string, string>();
  for (let count = 0; ; count += 1) {
    const line = (await reader.line(MAX_HEADER_BYTES)).trim();
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1 || count >= MAX_TRAILERS) throw new S3Error('MalformedTrailerError');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const signature = trailers.get(TRAILER_SIGNATURE);
  trailers.delete(TRAILER_SIGNATURE);
  if (signing !== undefined && (trailers.size > 0 || signature !== undefined)) {
    const text = [...trailers].map(([name, value]) => `${name}:${value}\n`).join('');
    await checkSignature(signing, 'AWS4-HMAC-SHA256-TRAILER', [previous, sha256Hex(text)], signature ?? '');
  }
  return trailers;
}

const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

async function checkSignature(
  signing: ChunkSigning,
  algorithm: string,
  lines: string[],
  given: string,
): Promise<string> {
  const stringToSign = [algorithm, signing.amzDate, signing.scope, ...lines].join('\n');
  const expected = await signing.sign(stringToSign);
  if (isSameSecret(given, expected)) return expected;
  throw new S3Error('SignatureDoesNotMatch', {
    detail: { StringToSign: stringToSign, SignatureProvided: given },
  });
}

function tooSmall(chunk: number, size: number): S3Error {
  return new S3Error('InvalidChunkSizeError', { detail: { Chunk: chunk, BadChunkSize: size } });
}

function wrongLength(): S3Error {
  return new S3Error('IncompleteBody', {
    message: 'You did not provide the number of bytes specified by the Content-Length HTTP header',
  });
}
