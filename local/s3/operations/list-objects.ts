import { keyWriter, readCount, readEncodingType } from '../listing/list-arguments.ts';
import { listPage, type ListedName, type ListedPage } from '../listing/list-page.ts';
import { renderNames } from '../listing/render-names.ts';
import type { Operation } from '../operation.ts';
import { queryValue } from '../request.ts';
import { S3_NAMESPACE, xmlDocument, type XmlElement } from '../xml.ts';

interface Query {
  prefix: string;
  delimiter: string;
  marker: string;
  maxKeys: number;
  encodingType: 'url' | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export const listObjects: Operation = async ({ request }, { store }) => {
  const query: Query = {
    prefix: queryValue(request, 'prefix') ?? '',
    delimiter: queryValue(request, 'delimiter') ?? '',
    marker: queryValue(request, 'marker') ?? '',
    maxKeys: readCount(request, 'max-keys'),
    encodingType: readEncodingType(request),
  };
  const browser = store.browse(request.bucket, query.prefix);
  try {
    const page = await listPage(browser, { ...query, after: behindMarker(query) });
    return {
      status: 200,
      body: xmlDocument('ListBucketResult', render(request.bucket, query, page), S3_NAMESPACE),
    };
  } finally {
    await browser.close();
  }
};

/** A marker that is a common prefix stands for all the keys under it, as NextMarker means it. */
function behindMarker({ prefix, delimiter, marker }: Query): ListedName {
  const at = delimiter === '' || !marker.startsWith(prefix) ? -1 : marker.indexOf(delimiter, prefix.length);
  const isCommon = at !== -1 && at + delimiter.length === marker.length;
  return { kind: isCommon ? 'prefix' : 'key', name: marker };
}

function render(bucket: string, query: Query, page: ListedPage): XmlElement[] {
  const { prefix, delimiter, marker, maxKeys, encodingType } = query;
  const write = keyWriter(encodingType);
  // Without a delimiter the last key is the next marker: S3 does not repeat it.
  const next = delimiter === '' ? undefined : page.next?.name;
  return [
    ['Name', bucket],
    ['Prefix', write(prefix)],
    ['Marker', write(marker)],
    ...(next === undefined ? [] : [['NextMarker', write(next)] as const]),
    ['MaxKeys', maxKeys],
    ...(delimiter === '' ? [] : [['Delimiter', write(delimiter)] as const]),
    ...(encodingType === undefined ? [] : [['EncodingType', encodingType] as const]),
    ['IsTruncated', page.next !== undefined],
    ...renderNames(page, write, true),
  ];
}
