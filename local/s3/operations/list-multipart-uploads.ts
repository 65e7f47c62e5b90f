import { keyWriter, readCount, readEncodingType } from '../listing/list-arguments.ts';
import type { MultipartUpload } from '../multipart/multipart-uploads.ts';
import type { Operation } from '../operation.ts';
import { OWNER } from '../owner.ts';
import { queryValue, type S3Request } from '../request.ts';
import { S3_NAMESPACE, xmlDocument, type XmlElement } from '../xml.ts';

interface Query {
  prefix: string;
  delimiter: string;
  keyMarker: string;
  uploadIdMarker: string;
  maxUploads: number;
  encodingType: 'url' | undefined;
}

interface Page {
  uploads: MultipartUpload[];
  prefixes: string[];
  isTruncated: boolean;
  /** The last line; a common prefix has no upload. */
  last: { key: string; uploadId: string } | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export const listMultipartUploads: Operation = async ({ request }, { store }) => {
  const query = readQuery(request);
  const page: Page = { uploads: [], prefixes: [], isTruncated: false, last: undefined };
  const from = isAfter(query.keyMarker, query.prefix) ? query.keyMarker : query.prefix;
  for await (const upload of store.uploads.list(request.bucket, from)) {
    if (!upload.key.startsWith(query.prefix) || addTo(page, upload, query) === 'full') break;
  }
  return {
    status: 200,
    body: xmlDocument('ListMultipartUploadsResult', render(request.bucket, query, page), S3_NAMESPACE),
  };
};

function readQuery(request: S3Request): Query {
  const keyMarker = queryValue(request, 'key-marker') ?? '';
  return {
    prefix: queryValue(request, 'prefix') ?? '',
    delimiter: queryValue(request, 'delimiter') ?? '',
    keyMarker,
    // Without a key it means nothing.
    uploadIdMarker: keyMarker === '' ? '' : (queryValue(request, 'upload-id-marker') ?? ''),
    maxUploads: readCount(request, 'max-uploads'),
    encodingType: readEncodingType(request),
  };
}

function addTo(page: Page, upload: MultipartUpload, query: Query): 'full' | 'more' {
  if (!isBehindMarkers(upload, query)) return 'more';
  const at = query.delimiter === '' ? -1 : upload.key.indexOf(query.delimiter, query.prefix.length);
  const common = at === -1 ? undefined : upload.key.slice(0, at + query.delimiter.length);
  if (common !== undefined && (common === page.prefixes.at(-1) || common === query.keyMarker)) return 'more';
  if (page.uploads.length + page.prefixes.length === query.maxUploads) {
    page.isTruncated = query.maxUploads > 0;
    return 'full';
  }
  if (common === undefined) page.uploads.push(upload);
  else page.prefixes.push(common);
  page.last = common === undefined ? upload : { key: common, uploadId: '' };
  return 'more';
}

function isBehindMarkers({ key, uploadId }: MultipartUpload, { keyMarker, uploadIdMarker }: Query): boolean {
  if (keyMarker === '') return true;
  if (key === keyMarker) return uploadIdMarker !== '' && uploadId > uploadIdMarker;
  return isAfter(key, keyMarker);
}

/** By the bytes of UTF-8, as LevelDB and S3 order. */
function isAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')) > 0;
}

function render(bucket: string, query: Query, page: Page): XmlElement[] {
  const writeKey = keyWriter(query.encodingType);
  const next: XmlElement[] =
    page.isTruncated && page.last !== undefined
      ? [
          ['NextKeyMarker', writeKey(page.last.key)],
          ['NextUploadIdMarker', page.last.uploadId],
        ]
      : [];
  return [
    ['Bucket', bucket],
    ['KeyMarker', writeKey(query.keyMarker)],
    ['UploadIdMarker', query.uploadIdMarker],
    ...next,
    ['Prefix', writeKey(query.prefix)],
    ...(query.delimiter === '' ? [] : [['Delimiter', writeKey(query.delimiter)] as const]),
    ...(query.encodingType === undefined ? [] : [['EncodingType', query.encodingType] as const]),
    ['MaxUploads', query.maxUploads],
    ['IsTruncated', page.isTruncated],
    ...page.uploads.map((upload): XmlElement => ['Upload', renderUpload(upload, writeKey)]),
    ...page.prefixes.map((prefix): XmlElement => ['CommonPrefixes', [['Prefix', writeKey(prefix)]]]),
  ];
}

function renderUpload(upload: MultipartUpload, writeKey: (key: string) => string): XmlElement[] {
  const elements: XmlElement[] = [
    ['Key', writeKey(upload.key)],
    ['UploadId', upload.uploadId],
    ['Initiator', OWNER],
    ['Owner', OWNER],
    ['StorageClass', 'STANDARD'],
    ['Initiated', upload.initiated],
  ];
  const { isAsked, algorithm, type } = upload.checksum;
  return isAsked ? [...elements, ['ChecksumAlgorithm', algorithm], ['ChecksumType', type]] : elements;
}
