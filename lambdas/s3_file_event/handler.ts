import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { syncOptions } from '../shared/sync-options.ts';
import { syncBucketEvents } from './sync-bucket-events.ts';

const logger = new Logger();
const options = syncOptions();

/** A failure is thrown, so that Lambda tries the event again and then keeps it in the queue of failed events. */
export async function handler(payload: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  await syncBucketEvents(payload, options, logger);
}
