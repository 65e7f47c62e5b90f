import type { XmlElement } from './xml.ts';

/** Who owns all buckets and objects of the local stack. */
export const OWNER: XmlElement[] = [
  ['ID', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['DisplayName', 'local'],
];
