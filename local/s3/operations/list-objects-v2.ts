import { invalidArgument, keyWriter, readCount, readEncodingType } from '../listing/list-arguments.ts';
import { listPage, type ListedPage } from '../listing/list-page.ts';
import { readToken, writeToken } from '../listing/list-token.ts';
import type { StoredObject } from '../object-store.ts';
import type { Operation } from '../operation.ts';
import { OWNER } from '../owner.ts';
import { queryValue, type S3Request } from '../request.ts';
import { S3_NAMESPACE, xmlDocument, type XmlElement } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjectsV2: Operation = async ({ request }, { store }) => {
  const ask = readQuery(request);
  const { prefix, delimiter, maxKeys, token, startAfter } = ask;
  const after = token === undefined ? { kind: 'key' as const, name: startAfter ?? '' } : readToken(token);
  const browser = store.browse(request.bucket, prefix);
  try {
    const page = await listPage(browser, { prefix, delimiter, maxKeys, after });
    return {
      status: 200,
      body: xmlDocument('ListBucketResult', render(request.bucket, ask, page), S3_NAMESPACE),
    };
  } finally {
    await browser.close();
  }
};

interface ListQuery {
  prefix: string;
  delimiter: string;
  maxKeys: number;
  token: string | undefined;
  startAfter: string | undefined;
  encodingType: 'url' | undefined;
  fetchOwner: boolean;
}

function readQuery(request: S3Request): ListQuery {
  if (queryValue(request, 'list-type') !== '2') {
    throw invalidArgument(
      'list-type',
      queryValue(request, 'list-type') ?? '',
      'Invalid List Type specified in Request',
    );
  }
  return {
    prefix: queryValue(request, 'prefix') ?? '',
    delimiter: queryValue(request, 'delimiter') ?? '',
    maxKeys: readCount(request, 'max-keys'),
    token: queryValue(request, 'continuation-token'),
    startAfter: queryValue(request, 'start-after'),
    encodingType: readEncodingType(request),
    fetchOwner: queryValue(request, 'fetch-owner') === 'true',
  };
}

function render(bucket: string, ask: ListQuery, page: ListedPage): XmlElement[] {
  const name = keyWriter(ask.encodingType);
  const elements: (XmlElement | undefined)[] = [
    ['Name', bucket],
    ['Prefix', name(ask.prefix)],
    optional('StartAfter', ask.startAfter === undefined ? undefined : name(ask.startAfter)),
    optional('ContinuationToken', ask.token),
    optional('NextContinuationToken', page.next === undefined ? undefined : writeToken(page.next)),
    ['KeyCount', page.objects.length + page.prefixes.length],
    ['MaxKeys', ask.maxKeys],
    optional('Delimiter', ask.delimiter === '' ? undefined : name(ask.delimiter)),
    optional('EncodingType', ask.encodingType),
    ['IsTruncated', page.next !== undefined],
    ...page.objects.map((object): XmlElement => ['Contents', renderObject(object, name, ask.fetchOwner)]),
    ...page.prefixes.map((prefix): XmlElement => ['CommonPrefixes', [['Prefix', name(prefix)]]]),
  ];
  return elements.filter((element) => element !== undefined);
}

function optional(name: string, text: string | undefined): XmlElement | undefined {
  return text === undefined ? undefined : [name, text];
}

function renderObject(
  object: StoredObject,
  name: (text: string) => string,
  withOwner: boolean,
): XmlElement[] {
  const checksum = Object.keys(object.headers).find((header) => /^x-amz-checksum-(?!type$)/.test(header));
  const elements: XmlElement[] = [
    ['Key', name(object.key)],
    ['LastModified', object.lastModified],
    ['ETag', `"${object.eTag}"`],
    ['ChecksumAlgorithm', checksum?.slice('x-amz-checksum-'.length).toUpperCase() ?? ''],
    ['ChecksumType', object.headers['x-amz-checksum-type'] ?? ''],
    ['Size', object.size],
    ['StorageClass', 'STANDARD'],
  ];
  return withOwner ? [...elements, ['Owner', OWNER]] : elements;
}
