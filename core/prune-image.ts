import { ImageNotFound, Unavailable } from './errors.ts';
import type { ImageRecords } from './ports.ts';

const MAX_TRIES = 5;

/**
 * Takes an image out of the index and leaves its object. The tombstone keeps the order and does not expire, so that
 * neither a repeated event nor reconcile brings the image back, while a new upload does.
 * Throws `ImageNotFound`, or `Unavailable` where other writers were faster each time.
 */
export async function pruneImage(id: string, records: ImageRecords): Promise<void> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const stored = await records.get(id);
    if (!stored?.record) throw new ImageNotFound();
    const tombstone = { order: stored.order, record: null, pruned: true };
    if ((await records.writeIfUnchanged(id, stored.version, tombstone)) === 'written') return;
  }
  throw new Unavailable('The record changed at each try');
}
