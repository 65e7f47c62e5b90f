import { CHECKSUMS } from './upload/checksums.ts';
import { S3Error } from './errors.ts';
import type { StoredObject } from './object-store.ts';
import { latin1AsUtf8 } from './url-encoding.ts';

const SYSTEM_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'expires'];
const META = 'x-amz-meta-';
const MAX_METADATA_BYTES = 2048;
const CHECKSUM_HEADERS = new Set([...CHECKSUMS.map(({ header }) => header), 'x-amz-checksum-type']);

/**
 * What an upload's headers leave with the object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function headersToKeep(headers: ReadonlyMap<string, string>): Record<string, string> {
  const kept: Record<string, string> = {
    'content-type': headers.get('content-type') || 'binary/octet-stream',
  };
  const encoding = (headers.get('content-encoding') ?? '').split(',').map((part) => part.trim());
  // aws-chunked is how the body came, not what it is.
  const ofObject = encoding.filter((part) => part !== '' && part.toLowerCase() !== 'aws-chunked');
  if (ofObject.length > 0) kept['content-encoding'] = ofObject.join(',');

  let metadataBytes = 0;
  for (const [name, value] of headers) {
    if (SYSTEM_HEADERS.includes(name)) kept[name] = value;
    if (!name.startsWith(META)) continue;
    kept[name] = value;
    metadataBytes += name.length - META.length + value.length;
  }
  if (metadataBytes > MAX_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', {
      detail: { Size: metadataBytes, MaxSizeAllowed: MAX_METADATA_BYTES },
    });
  }
  return kept;
}

/** What a copy has of its source: its checksum is made anew. */
export function withoutChecksums(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CHECKSUM_HEADERS.has(name)));
}

/** What GET and HEAD tell of an object, but its length. */
export function headersToAnswer(object: StoredObject, withChecksums: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'last-modified': new Date(object.lastModified).toUTCString(),
    etag: `"${object.eTag}"`,
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of Object.entries(object.headers)) {
    if (CHECKSUM_HEADERS.has(name) && !withChecksums) continue;
    headers[name] = name.startsWith(META) ? encodeMetadata(value) : value;
  }
  return headers;
}

/** User metadata that is not ASCII comes back as RFC 2047 says. */
function encodeMetadata(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const text = latin1AsUtf8(value) ?? value;
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
