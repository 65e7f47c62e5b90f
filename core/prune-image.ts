import { ImageNotFound, Unavailable } from './errors.ts';
import type { ImageRecords } from './ports.ts';

const MAX_TRIES = 5;

/**
 * Takes an image out of the index and leaves its object. The tombstone keeps the order and the upload and does not
 * expire, so that neither a repeated event, nor the late one of the upload, nor reconcile brings the image back,
 * while a new upload does.
 * Throws `ImageNotFound`, or `Unavailable` where other writers were faster each time.
 */
export async function pruneImage(id: string, records: ImageRecords): Promise<void> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const stored = await records.get(id);
    if (!stored?.record) throw new ImageNotFound();
    const { order, upload } = stored;
    const tombstone = { order, record: null, pruned: true, ...(upload !== undefined && { upload }) };
    if ((await records.writeIfUnchanged(id, stored.version, tombstone)) === 'written') return;
  }
  throw new Unavailable('The record changed at each try');
}
