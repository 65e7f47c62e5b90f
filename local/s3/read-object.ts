import { checkReadConditions } from './conditions.ts';
import { S3Error } from './errors.ts';
import { headersToAnswer } from './object-headers.ts';
import type { StoredObject } from './object-store.ts';
import { parseRange, type ByteRange } from './range.ts';
import type { S3Request } from './request.ts';

/** What GET and HEAD answer alike. */
export interface ObjectReading {
  status: 200 | 206 | 304;
  headers: Record<string, string | number>;
  /** The bytes that GET sends; absent where there are none. */
  range?: ByteRange;
}

/** Throws InvalidArgument, InvalidRange, NoSuchKey or PreconditionFailed. */
export function readObject(request: S3Request, object: StoredObject | undefined): ObjectReading {
  if (object === undefined) throw new S3Error('NoSuchKey', { detail: { Key: request.key } });
  const isUnmodified = checkReadConditions(request.headers, object) === 'not modified';
  const asked = parseRange(request.headers.get('range'), object.size);
  const isWhole = asked === undefined;
  const withChecksums = isWhole && request.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers = { ...headersToAnswer(object, withChecksums), ...overrides(request) };
  if (isUnmodified) return { status: 304, headers };
  if (asked === 'unsatisfiable') throw outOfRange(request, object.size);

  if (isWhole) {
    const whole = { status: 200, headers: { ...headers, 'content-length': object.size } } as const;
    return object.size === 0 ? whole : { ...whole, range: { start: 0, end: object.size - 1 } };
  }
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': asked.end - asked.start + 1,
      'content-range': `bytes ${asked.start}-${asked.end}/${object.size}`,
    },
    range: asked,
  };
}

const OVERRIDABLE = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** Headers that the URL asks for in place of the object's own, `response-content-type=…`. */
function overrides({ query }: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of query) {
    const header = name.replace(/^response-/, '');
    if (header === name || !OVERRIDABLE.includes(header)) continue;
    if (!/^[\t\x20-\x7e]*$/.test(value)) {
      throw new S3Error('InvalidArgument', {
        message: 'Header value cannot be represented using ISO-8859-1.',
        detail: { ArgumentName: name, ArgumentValue: value },
      });
    }
    headers[header] = value;
  }
  return headers;
}

function outOfRange(request: S3Request, size: number): S3Error {
  return new S3Error('InvalidRange', {
    detail: { RangeRequested: request.headers.get('range') ?? '', ActualObjectSize: size },
    headers: { 'content-range': `bytes */${size}` },
  });
}
