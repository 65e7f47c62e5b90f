import { keyWriter, readCount, readEncodingType } from '../listing/list-arguments.ts';
import type { MultipartUpload, UploadedPart } from '../multipart/multipart-uploads.ts';
import { uploadAddress } from '../multipart/upload-address.ts';
import type { Operation } from '../operation.ts';
import { OWNER } from '../owner.ts';
import { queryValue, type S3Request } from '../request.ts';
import { S3_NAMESPACE, xmlDocument, type XmlElement } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export const listParts: Operation = async ({ request }, { store }) => {
  const maxParts = readCount(request, 'max-parts');
  const marker = readMarker(request);
  const writeKey = keyWriter(readEncodingType(request));
  const upload = await store.uploads.get(uploadAddress(request));
  const parts: UploadedPart[] = [];
  let isTruncated = false;
  for await (const part of store.uploads.parts(upload.uploadId, marker)) {
    isTruncated = parts.length === maxParts;
    if (isTruncated) break;
    parts.push(part);
  }
  const page: XmlElement[] = [
    ['Bucket', upload.bucket],
    ['Key', writeKey(upload.key)],
    ['UploadId', upload.uploadId],
    ['Initiator', OWNER],
    ['Owner', OWNER],
    ['StorageClass', 'STANDARD'],
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', parts.at(-1)?.partNumber ?? 0],
    ['MaxParts', maxParts],
    ['IsTruncated', isTruncated],
    ...renderChecksum(upload),
    ...parts.map((part): XmlElement => ['Part', renderPart(part, upload)]),
  ];
  return { status: 200, body: xmlDocument('ListPartsResult', page, S3_NAMESPACE) };
};

/** 0 stands before all parts, and for a marker that is no number. */
function readMarker(request: S3Request): number {
  const text = queryValue(request, 'part-number-marker') ?? '';
  return /^\d{1,5}$/.test(text) ? Number(text) : 0;
}

function renderChecksum({ checksum }: MultipartUpload): XmlElement[] {
  if (!checksum.isAsked) return [];
  return [
    ['ChecksumAlgorithm', checksum.algorithm],
    ['ChecksumType', checksum.type],
  ];
}

function renderPart(part: UploadedPart, { checksum }: MultipartUpload): XmlElement[] {
  const elements: XmlElement[] = [
    ['PartNumber', part.partNumber],
    ['LastModified', part.lastModified],
    ['ETag', `"${part.eTag}"`],
    ['Size', part.size],
  ];
  return checksum.isAsked ? [...elements, [`Checksum${checksum.algorithm}`, part.checksum]] : elements;
}
