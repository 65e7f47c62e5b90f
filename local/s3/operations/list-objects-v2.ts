import { invalidArgument, keyWriter, readCount, readEncodingType } from '../listing/list-arguments.ts';
import { listPage, type ListedPage } from '../listing/list-page.ts';
import { renderNames } from '../listing/render-names.ts';
import { readToken, writeToken } from '../listing/list-token.ts';
import type { Operation } from '../operation.ts';
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
    ...renderNames(page, name, ask.fetchOwner),
  ];
  return elements.filter((element) => element !== undefined);
}

function optional(name: string, text: string | undefined): XmlElement | undefined {
  return text === undefined ? undefined : [name, text];
}
