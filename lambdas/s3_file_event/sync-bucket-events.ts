import type { Log } from '../../core/api/api.ts';
import { type SyncOptions, type SyncOutcome, syncObject } from '../../core/sync-object.ts';
import { type BucketEvent, bucketEventsIn } from '../shared/s3-events.ts';

/**
 * Brings the index in step with each event in what S3 sent, and logs what it came to. An event that fails doesn't
 * keep the others from their turn; then the first failure is thrown, so that all come again (which does no harm).
 */
export async function syncBucketEvents(
  payload: unknown,
  options: SyncOptions & { bucket: string },
  log: Log,
): Promise<void> {
  const failures: unknown[] = [];
  for (const event of bucketEventsIn(payload)) {
    const start = options.now().getTime();
    const fields = { image_id: event.key, sequencer: event.sequencer, event_name: event.eventName };
    const ms = () => options.now().getTime() - start;
    try {
      log.info('event', { ...fields, outcome: await outcomeOf(event, options), ms: ms() });
    } catch (error) {
      failures.push(error);
      log.error('event failed', { ...fields, outcome: 'failed', ms: ms(), error });
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function outcomeOf(
  event: BucketEvent,
  options: SyncOptions & { bucket: string },
): Promise<SyncOutcome> {
  // Two buckets may notify one function by mistake; the index is of one.
  return event.bucket === options.bucket ? syncObject(event, options) : 'ignored';
}
