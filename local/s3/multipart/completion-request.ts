import { unquoteETag } from '../conditions.ts';
import { S3Error } from '../errors.ts';
import { childText, type ReadElement } from '../xml-reader.ts';
import type { UploadedPart } from './multipart-uploads.ts';
import type { UploadChecksum } from './upload-checksum.ts';

export const MAX_PARTS = 10_000;
const MIN_PART_BYTES = 5 * 1024 * 1024;
/** 5 TiB, as documented until 2025; no laptop gets there. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 4;

/** A part as the client of CompleteMultipartUpload names it. */
interface NamedPart {
  partNumber: number;
  eTag: string;
  /** Base64, by the element's name. */
  checksums: Map<string, string>;
}

/** Throws MalformedXML, or InvalidPartOrder unless the numbers ascend. */
export function readCompletion(document: ReadElement): NamedPart[] {
  const named = document.children.filter(({ name }) => name === 'Part').map(readNamedPart);
  if (named.length === 0 || named.length > MAX_PARTS) throw new S3Error('MalformedXML');
  named.forEach(({ partNumber }, index) => {
    const before = named[index - 1]?.partNumber ?? 0;
    if (partNumber <= before) throw new S3Error('InvalidPartOrder');
  });
  return named;
}

/** The parts that were named, as they were uploaded. Throws EntityTooSmall, InvalidPart or InvalidRequest. */
export function chooseParts(
  named: readonly NamedPart[],
  uploaded: readonly UploadedPart[],
  checksum: UploadChecksum,
): UploadedPart[] {
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  const chosen = named.map((one) => {
    const part = byNumber.get(one.partNumber);
    if (part === undefined || part.eTag !== one.eTag) throw invalidPart(one);
    checkPartChecksum(one, part, checksum);
    return part;
  });
  checkSizes(chosen);
  return chosen;
}

function readNamedPart(element: ReadElement): NamedPart {
  const number = childText(element, 'PartNumber')?.trim() ?? '';
  const eTag = childText(element, 'ETag');
  if (!/^\d{1,9}$/.test(number) || eTag === undefined) throw new S3Error('MalformedXML');
  const checksums = element.children.filter(({ name }) => name.startsWith('Checksum'));
  return {
    partNumber: Number(number),
    eTag: unquoteETag(eTag),
    checksums: new Map(checksums.map(({ name, text }) => [name, text.trim()])),
  };
}

function checkPartChecksum(named: NamedPart, part: UploadedPart, { algorithm, type }: UploadChecksum): void {
  const name = `Checksum${part.algorithm}`;
  for (const [given, value] of named.checksums) {
    if (given !== name || value !== part.checksum) throw invalidPart(named);
  }
  if (type === 'FULL_OBJECT' || named.checksums.has(name)) return;
  throw new S3Error('InvalidRequest', {
    message:
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include ` +
      `the checksum for each part. It was missing for part ${named.partNumber} in the request.`,
  });
}

function checkSizes(parts: readonly UploadedPart[]): void {
  for (const { size, partNumber, eTag } of parts.slice(0, -1)) {
    if (size >= MIN_PART_BYTES) continue;
    throw new S3Error('EntityTooSmall', {
      detail: { ProposedSize: size, MinSizeAllowed: MIN_PART_BYTES, PartNumber: partNumber, ETag: eTag },
    });
  }
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  if (total <= MAX_OBJECT_BYTES) return;
  throw new S3Error('EntityTooLarge', { detail: { ProposedSize: total, MaxSizeAllowed: MAX_OBJECT_BYTES } });
}

function invalidPart({ partNumber, eTag }: NamedPart): S3Error {
  return new S3Error('InvalidPart', { detail: { PartNumber: partNumber, ETag: eTag } });
}
