import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';
import { decodePercent } from './url-encoding.ts';

/** A request with its URL taken apart; nothing of it is trusted yet. */
export interface S3Request {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly rawPath: string;
  /** `/bucket/key`, decoded once and otherwise untouched: `//` and dots mean what they say. */
  readonly path: string;
  /** `''` for the service itself. */
  readonly bucket: string;
  /** `''` for the bucket itself. */
  readonly key: string;
  /** Decoded, in the order they were sent. */
  readonly query: readonly QueryParameter[];
  /** Lower-case names; one character a byte; repeated headers joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

export type QueryParameter = readonly [name: string, value: string];

/** What names a request in the answer's headers, in its error and in its event. */
export interface RequestOrigin {
  requestId: string;
  hostId: string;
  sourceIp: string;
}

/** Parses the request line and headers; throws InvalidURI where they can't be read. */
export function parseRequest(message: IncomingMessage): S3Request {
  // A proxy's form of the request line names the host too. URL would resolve `..` and `//`: not here.
  const target = (message.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const [rawPath, rawQuery] = splitOnce(target, '?');
  const path = decodePercent(rawPath);
  const query = parseQuery(rawQuery);
  if (path?.startsWith('/') !== true || query === undefined) throw new S3Error('InvalidURI');
  const [bucket, key] = splitOnce(path.slice(1), '/');
  return { method: message.method ?? '', rawPath, path, bucket, key, query, headers: joinHeaders(message) };
}

export function newOrigin(message: IncomingMessage): RequestOrigin {
  return {
    requestId: randomId(16),
    hostId: randomBytes(56).toString('base64'),
    sourceIp: (message.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

/** The first value of a query parameter. Names are matched exactly, as S3 does. */
export function queryValue(request: S3Request, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1];
}

function parseQuery(raw: string): QueryParameter[] | undefined {
  const parameters: QueryParameter[] = [];
  for (const part of raw.split('&')) {
    if (part === '') continue;
    const [name, value] = splitOnce(part, '=').map((text) => decodePercent(text.replaceAll('+', ' ')));
    if (name === undefined || value === undefined) return undefined;
    parameters.push([name, value]);
  }
  return parameters;
}

function joinHeaders(message: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values !== undefined) headers.set(name, values.join(','));
  }
  return headers;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const ID_CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function randomId(length: number): string {
  return Array.from(randomBytes(length), (byte) => ID_CHARACTERS[byte % ID_CHARACTERS.length]).join('');
}
