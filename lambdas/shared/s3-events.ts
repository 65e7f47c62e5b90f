import type { ObjectEvent } from '../../core/ports.ts';
import { orderOfSequencer } from './sequencer.ts';

/** An event of the bucket, with what the logs tell of it. */
export interface BucketEvent extends ObjectEvent {
  bucket: string;
  /** S3's name of it, `ObjectCreated:Put`, or EventBridge's detail type. */
  eventName: string;
  sequencer: string | undefined;
}

/**
 * The object events in what S3 sends: a notification (versions 2.x), or EventBridge's "Object Created" and
 * "Object Deleted". Nothing in S3's test event. Throws `TypeError` for what is neither.
 * Source: Amazon S3 User Guide, "Event message structure" and "EventBridge event message structure".
 */
export function bucketEventsIn(payload: unknown): BucketEvent[] {
  if (isObject(payload)) {
    if (payload['Event'] === 's3:TestEvent') return [];
    if (Array.isArray(payload['Records'])) return payload['Records'].flatMap(fromRecord);
    if (payload['source'] === 'aws.s3') return fromEventBridge(payload);
  }
  throw new TypeError('Neither an S3 notification nor an S3 event of EventBridge');
}

function fromRecord(record: unknown): BucketEvent[] {
  const name = textAt(record, 'eventName');
  const kind = kindOf(name);
  if (!kind) return [];
  const sequencer = optionalTextAt(record, 's3', 'object', 'sequencer');
  return [
    {
      kind,
      key: decodeKey(textAt(record, 's3', 'object', 'key')),
      order: orderOfSequencer(sequencer),
      bucket: textAt(record, 's3', 'bucket', 'name'),
      eventName: name,
      sequencer,
    },
  ];
}

function kindOf(eventName: string): ObjectEvent['kind'] | undefined {
  const [type] = eventName.replace(/^s3:/, '').split(':');
  if (type === 'ObjectCreated') return 'created';
  // An expiry doesn't come as ObjectRemoved.
  return type === 'ObjectRemoved' || type === 'LifecycleExpiration' ? 'removed' : undefined;
}

/** A notification's keys are encoded as a form's fields are: `+` for a space. This is the one place that decodes. */
function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

const DETAIL_TYPES: Readonly<Record<string, ObjectEvent['kind']>> = {
  'Object Created': 'created',
  'Object Deleted': 'removed',
};

/** EventBridge's keys come as they are. */
function fromEventBridge(event: object): BucketEvent[] {
  const name = textAt(event, 'detail-type');
  const kind = DETAIL_TYPES[name];
  if (!kind) return [];
  const sequencer = optionalTextAt(event, 'detail', 'object', 'sequencer');
  return [
    {
      kind,
      key: textAt(event, 'detail', 'object', 'key'),
      order: orderOfSequencer(sequencer),
      bucket: textAt(event, 'detail', 'bucket', 'name'),
      eventName: name,
      sequencer,
    },
  ];
}

function textAt(value: unknown, ...path: string[]): string {
  const text = optionalTextAt(value, ...path);
  if (text === undefined) throw new TypeError(`An S3 event without ${path.join('.')}`);
  return text;
}

function optionalTextAt(value: unknown, ...path: string[]): string | undefined {
  let at = value;
  for (const name of path) at = isObject(at) ? at[name] : undefined;
  return typeof at === 'string' ? at : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
