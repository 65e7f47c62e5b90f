import type { BatchOperation as LevelOperation } from 'classic-level';
import type { Database } from '../database.ts';

/** One operation of a batch on the stack's database; `sublevel` says in whose room the key lies. */
export type BatchOperation = LevelOperation<Database, string, unknown>;

/**
 * A change of the bucket, with all that S3's event message says of it. Forms and expiry will add their
 * names to `eventName`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export interface ObjectChange {
  eventName:
    | 'ObjectCreated:Put'
    | 'ObjectCreated:Copy'
    | 'ObjectCreated:CompleteMultipartUpload'
    | 'ObjectRemoved:Delete';
  /** ISO 8601 with milliseconds, Z. */
  eventTime: string;
  bucket: string;
  /** Decoded. */
  key: string;
  /** Bytes; absent for a removal. */
  size?: number;
  /** Without quotes; absent for a removal. */
  eTag?: string;
  /** Hex, upper case, of varying length: compared as text after padding with zeros on the right. */
  sequencer: string;
  /** `x-amz-request-id` of the request. */
  requestId: string;
  /** `x-amz-id-2` of the request. */
  hostId: string;
  sourceIp: string;
}

/** Where a change waits until it is delivered. */
export interface Outbox {
  /**
   * The database operations that make `change` pending; the store commits them in the same batch as
   * the object itself, so an object and its event are durable together.
   */
  entries(change: ObjectChange): BatchOperation[];
  /** Called after the batch was committed, in the order of the sequencers of a key. */
  committed(change: ObjectChange): void;
}
