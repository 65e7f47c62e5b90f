import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { QueryParameter } from '../request.ts';
import { encodeRfc3986 } from '../url-encoding.ts';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What a signature is made over. */
export interface SignedParts {
  method: string;
  /** Decoded. */
  path: string;
  /** Decoded; the signature itself is left out here. */
  query: readonly QueryParameter[];
  /** The signed ones only, lower-case names. */
  headers: Record<string, string>;
  payloadHash: string;
  /** `20130524T000000Z` */
  amzDate: string;
  /** `20130524/us-east-1/s3/aws4_request` */
  scope: string;
}

export interface ExpectedSignature {
  signature: string;
  /** For the error's XML, where S3 shows both. */
  stringToSign: string;
  canonicalRequest: string;
}

/**
 * The server's side of SigV4: the SDK's own signer, given what arrived.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export class Signer extends SignatureV4 {
  constructor(options: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } }) {
    // S3 is the one service whose path is encoded once and never normalised.
    super({ ...options, service: 's3', sha256: NodeSha256, uriEscapePath: false });
  }

  async expected(parts: SignedParts): Promise<ExpectedSignature> {
    const request = {
      method: parts.method,
      protocol: 'http:',
      hostname: '',
      path: parts.path.split('/').map(encodeRfc3986).join('/'),
      query: queryBag(parts.query),
      headers: {},
    };
    const canonicalRequest = this.createCanonicalRequest(
      request,
      canonicalHeaders(parts.headers),
      parts.payloadHash,
    );
    const stringToSign = await this.createStringToSign(
      parts.amzDate,
      parts.scope,
      canonicalRequest,
      ALGORITHM,
    );
    return { signature: await this.signText(stringToSign, parts.amzDate), stringToSign, canonicalRequest };
  }

  /** The signature of a text with the signing key of `amzDate`'s day: requests, chunks and trailers. */
  async signText(text: string, amzDate: string): Promise<string> {
    const signingDate = parseAmzDate(amzDate);
    return this.sign(text, signingDate === undefined ? {} : { signingDate });
  }
}

/** Reads `20130524T000000Z`; undefined for any other form. */
export function parseAmzDate(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`,
  );
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function canonicalHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.trim().replace(/\s+/g, ' ')]),
  );
}

/** No prototype: a parameter may be called `constructor`. */
function queryBag(query: readonly QueryParameter[]): Record<string, string[]> {
  const bag = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of query) (bag[name] ??= []).push(value);
  return bag;
}

type HashInput = string | ArrayBuffer | ArrayBufferView;

/** Node's SHA-256 and HMAC in the form that the SDK's signer asks for. */
class NodeSha256 {
  readonly #secret: HashInput | undefined;
  #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: HashInput) {
    this.#secret = secret;
    this.#hash = newHash(secret);
  }

  update(data: HashInput): void {
    this.#hash.update(asBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = newHash(this.#secret);
  }
}

function newHash(
  secret: HashInput | undefined,
): ReturnType<typeof createHash> | ReturnType<typeof createHmac> {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', asBytes(secret));
}

function asBytes(data: HashInput): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
