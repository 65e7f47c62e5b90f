import { type ImageHeader, readImageHeader } from './header/image-header.ts';
import { FIRST_READ, rangeToReadOn, withRange } from './header/read-on.ts';
import { isImageKey } from './image-id.ts';
import { type ImageHome, buildRecord } from './build-record.ts';
import { Unavailable } from './errors.ts';
import type { ImageObjects, ImageRecords, ObjectEvent, ObjectStat } from './ports.ts';

export interface SyncOptions {
  records: ImageRecords;
  objects: ImageObjects;
  home: ImageHome;
  /** Whether records carry a photo's coordinates. */
  gps: boolean;
  now: () => Date;
}

/** What an event came to. `superseded`: a newer event was here first. `gone`: its removal is on the way. */
export type SyncOutcome = 'written' | 'removed' | 'superseded' | 'gone' | 'ignored';

/**
 * Brings the index in step with one event of the bucket: at most one conditional write, so that events may come
 * twice, late and in any order. Throws what the bucket or the table throws; the event is then to be tried again.
 */
export async function syncObject(event: ObjectEvent, options: SyncOptions): Promise<SyncOutcome> {
  if (!isImageKey(event.key, options.home.prefix)) return 'ignored';
  return event.kind === 'removed' ? removeRecord(event, options) : writeRecord(event, options);
}

// Longer than any retry, redrive or late delivery of an older event.
const TOMBSTONE_DAYS = 30;
const DAY_MS = 86_400_000;

async function removeRecord(
  { key, order }: ObjectEvent,
  { records, now }: SyncOptions,
): Promise<SyncOutcome> {
  const expiresAt = new Date(now().getTime() + TOMBSTONE_DAYS * DAY_MS);
  const result = await records.writeIfNewer(key, { order, record: null, expiresAt });
  return result === 'written' ? 'removed' : result;
}

async function writeRecord({ key, order }: ObjectEvent, options: SyncOptions): Promise<SyncOutcome> {
  const found = await readObject(key, options);
  if (!found) return 'gone';
  const record = buildRecord(key, found.object, found.header, options.home, options.now());
  const { upload } = found.object;
  return options.records.writeIfNewer(key, { order, record, ...(upload !== undefined && { upload }) });
}

const MAX_TRIES = 3;

async function readObject(
  key: string,
  { objects, gps }: SyncOptions,
): Promise<{ object: ObjectStat; header: ImageHeader } | null> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const object = await objects.readRange(key, 0, FIRST_READ);
    if (object === null) return null;
    if (object === 'changed') continue;
    const header = readImageHeader(object.bytes, { gps });
    const more = rangeToReadOn(object.bytes, header, object.size);
    if (more === null) return { object, header };
    const rest = await objects.readRange(key, more.start, more.length, object.etag);
    if (rest === null) return null;
    if (rest === 'changed') continue;
    return { object, header: readImageHeader(withRange(object.bytes, more.start, rest.bytes), { gps }) };
  }
  throw new Unavailable(`The object changed during each of ${MAX_TRIES} reads`);
}
