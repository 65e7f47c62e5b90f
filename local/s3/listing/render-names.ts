import type { StoredObject } from '../object-store.ts';
import { OWNER } from '../owner.ts';
import type { XmlElement } from '../xml.ts';
import type { ListedPage } from './list-page.ts';

/** The lines of a listing's page: objects, then common prefixes. `write` encodes keys. */
export function renderNames(
  { objects, prefixes }: ListedPage,
  write: (key: string) => string,
  withOwner: boolean,
): XmlElement[] {
  return [
    ...objects.map((object): XmlElement => ['Contents', renderObject(object, write, withOwner)]),
    ...prefixes.map((prefix): XmlElement => ['CommonPrefixes', [['Prefix', write(prefix)]]]),
  ];
}

function renderObject(
  object: StoredObject,
  write: (key: string) => string,
  withOwner: boolean,
): XmlElement[] {
  const checksum = Object.keys(object.headers).find((header) => /^x-amz-checksum-(?!type$)/.test(header));
  const elements: XmlElement[] = [
    ['Key', write(object.key)],
    ['LastModified', object.lastModified],
    ['ETag', `"${object.eTag}"`],
    ['ChecksumAlgorithm', checksum?.slice('x-amz-checksum-'.length).toUpperCase() ?? ''],
    ['ChecksumType', object.headers['x-amz-checksum-type'] ?? ''],
    ['Size', object.size],
    ['StorageClass', 'STANDARD'],
  ];
  return withOwner ? [...elements, ['Owner', OWNER]] : elements;
}
