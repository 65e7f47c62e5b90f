import type { ImageRecord } from '../../core/image-record.ts';
import type { Next, Stored } from '../../core/ports.ts';

/** What an item of the table has beside its record, for the system alone. */
interface SystemAttributes {
  /** Random, new at each write: a record's version, apart from its order. */
  rev: string;
  /** The order of the event that wrote it; absent: unknown. */
  sequencer?: string;
  /** A tombstone. */
  deleted?: true;
  /** A tombstone that was made by hand. */
  pruned?: true;
  /** The upload through the API that made the object. */
  upload_id?: string;
  /** Seconds since 1970, when DynamoDB may forget a tombstone (TTL). */
  expires_at?: number;
  /** Partition key of the listing's indexes; a tombstone has none, so it is in no index. */
  listing?: string;
  /** Sort key of the index by_created. */
  created_key?: string;
}

/** An item of the table without its key: a tombstone has nothing of the record. */
export type Attributes = Partial<Omit<ImageRecord, 'image_id'>> & SystemAttributes;
export type Item = Attributes & { image_id: string };

// Objects, not lists, so that the compiler finds an attribute that is missing here.
const RECORD: Readonly<Record<keyof ImageRecord, true>> = {
  image_id: true,
  bucket: true,
  name: true,
  size: true,
  url: true,
  content_type: true,
  declared_content_type: true,
  format: true,
  width: true,
  height: true,
  stored_width: true,
  stored_height: true,
  orientation: true,
  etag: true,
  created_at: true,
  last_modified: true,
  updated_at: true,
  exif: true,
  has_gps: true,
  problem: true,
};
const SYSTEM: Readonly<Record<keyof SystemAttributes, true>> = {
  rev: true,
  sequencer: true,
  deleted: true,
  pruned: true,
  upload_id: true,
  expires_at: true,
  listing: true,
  created_key: true,
};

/** Each attribute that an item may have beside its key, so that a write leaves none of the item before it. */
export const ATTRIBUTE_NAMES = Object.keys({ ...RECORD, ...SYSTEM }).filter((name) => name !== 'image_id');

export function toAttributes(next: Next, { listing, rev }: { listing: string; rev: string }): Attributes {
  const { order, record, expiresAt, pruned, upload } = next;
  return {
    ...(record ? { ...record, listing, created_key: createdKey(record) } : { deleted: true }),
    ...(pruned && { pruned }),
    ...(upload !== undefined && { upload_id: upload }),
    ...(expiresAt && { expires_at: Math.ceil(expiresAt.getTime() / 1000) }),
    ...(order !== '' && { sequencer: order }),
    rev,
  };
}

/**
 * DynamoDB takes 1,024 bytes of a sort key, and so many has the longest id alone: its end is left out here, where it
 * only parts images of one moment.
 */
function createdKey({ created_at, image_id }: ImageRecord): string {
  const key = Buffer.from(`${created_at}#${image_id}`);
  if (key.length <= MAX_SORT_KEY_BYTES) return key.toString();
  // Nothing is left of a character that the cut falls into.
  return key
    .subarray(0, MAX_SORT_KEY_BYTES)
    .toString()
    .replace(/\ufffd+$/, '');
}

const MAX_SORT_KEY_BYTES = 1024;

/** The record's attributes come in the order of the contract, whatever order the table kept them in. */
export function fromItem(item: Item): Stored {
  const record = Object.entries({ ...RECORD, ...item }).filter(([name]) => name in RECORD && name in item);
  return {
    id: item.image_id,
    version: item.rev,
    order: item.sequencer ?? '',
    // An item that is no tombstone was written from a whole record.
    record: item.deleted ? null : (Object.fromEntries(record) as unknown as ImageRecord),
    ...(item.expires_at !== undefined && { expiresAt: new Date(item.expires_at * 1000) }),
    ...(item.pruned && { pruned: true }),
    ...(item.upload_id !== undefined && { upload: item.upload_id }),
  };
}
