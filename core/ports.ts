import type { ImageRecord } from './image-record.ts';

/**
 * When an event of a key happened, among the events of that key: compared by plain `<`, made by the cloud's side.
 * `''` is unknown, and older than any known one.
 */
export type Order = string;

/** Names a stored record as it was read; opaque. `null`: nothing was stored. */
export type Version = string | null;

/** What the bucket tells of one key, in the rules' own words. */
export interface ObjectEvent {
  key: string;
  kind: 'created' | 'removed';
  order: Order;
}

/** What is to stand in the table under an id. */
export interface Next {
  order: Order;
  /** `null` is a tombstone: the image is gone, and events older than `order` must not bring it back. */
  record: ImageRecord | null;
  /** When a tombstone may be forgotten; absent: never. */
  expiresAt?: Date;
  /** A tombstone made by hand: the object is still in the bucket. */
  pruned?: boolean;
  /** Names the upload through the API that made the object; absent where it came another way. */
  upload?: string;
}

export interface Stored extends Next {
  id: string;
  version: string;
}

/**
 * The table. Every write says in its own condition which state it may replace.
 * `created_at` of a record that stands outlives the write that replaces it; a tombstone ends it.
 * Throws `Unavailable` where the table doesn't answer and a later try may help.
 */
export interface ImageRecords {
  /** The record or the tombstone of `id`, read consistently. */
  get(id: string): Promise<Stored | null>;
  /**
   * Writes if what is stored is older than `next.order`, and not a tombstone made by hand of this very upload: its
   * event may come after it was pruned.
   */
  writeIfNewer(id: string, next: Next): Promise<'written' | 'superseded'>;
  /** Writes if what is stored is still what was read as `seen`. */
  writeIfUnchanged(id: string, seen: Version, next: Next): Promise<'written' | 'changed'>;
  /** A page of the records (no tombstones) whose id begins with `prefix`, after the id `after`, in the order of ids. */
  list(page: { prefix: string; after?: string; limit: number }): Promise<{ items: Stored[]; end: boolean }>;
}

export interface ObjectStat {
  /** Bytes. */
  size: number;
  /** Without quotes. */
  etag: string;
  contentType?: string;
  lastModified: Date;
  /** What `put` was told. */
  upload?: string;
}

export interface ObjectRange extends ObjectStat {
  /** May be shorter than asked for, at the object's end. */
  bytes: Uint8Array;
}

/** An upload address and what its signature binds. */
export interface PresignedUpload {
  url: string;
  /** The request headers that must go with the bytes, as they are. */
  headers: Record<string, string>;
}

/**
 * The bucket.
 * Throws `Unavailable` where the bucket doesn't answer and a later try may help.
 */
export interface ImageObjects {
  /**
   * Reads up to `length` bytes from `start`. `null`: no such object. An empty object answers no bytes and size 0.
   * With `sameEtag`, `'changed'`: the object is another one by now.
   */
  readRange(
    key: string,
    start: number,
    length: number,
    sameEtag?: string,
  ): Promise<ObjectRange | 'changed' | null>;
  /** Throws `ImageExists` (with `ifAbsent`) or `UploadConflict` (another write of the key was under way). */
  put(
    key: string,
    body: Uint8Array,
    options: { contentType: string; ifAbsent: boolean; upload: string },
  ): Promise<{ etag: string; lastModified: Date }>;
  presignUpload(
    key: string,
    options: { contentType: string; size: number; seconds: number; ifAbsent: boolean },
  ): Promise<PresignedUpload>;
  /** The object's address: it names the object and gives no access. */
  url(key: string): string;
  /** Why the bucket can't hold an object of this key, for the caller's eyes; `undefined` where it can. */
  nameProblem(key: string): string | undefined;
}
