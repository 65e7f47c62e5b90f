import type { ObjectChange } from '../s3/object-change.ts';
import { encodeKey } from '../s3/url-encoding.ts';

/** Which changes of the bucket are told to whom: the bucket's notification configuration. */
export interface NotificationSettings {
  configurationId: string;
  region: string;
  /** Only keys that begin with it. */
  prefix: string;
  /** Event names without `s3:`; `*` at the end stands for any rest. */
  events: string[];
}

export function isWanted(settings: NotificationSettings, change: ObjectChange): boolean {
  if (!change.key.startsWith(settings.prefix)) return false;
  return settings.events.some((event) =>
    event.endsWith('*') ? change.eventName.startsWith(event.slice(0, -1)) : change.eventName === event,
  );
}

/**
 * The message that S3 makes of a change, as JSON to be.
 * Source: S3 User Guide, "Event message structure".
 */
export function notificationOf(settings: NotificationSettings, change: ObjectChange): { Records: unknown[] } {
  const { bucket, size, eTag, sequencer } = change;
  const record = {
    eventVersion: versionOf(change.eventName),
    eventSource: 'aws:s3',
    awsRegion: settings.region,
    eventTime: change.eventTime,
    eventName: change.eventName,
    userIdentity: { principalId: 'AWS:LOCAL' },
    requestParameters: { sourceIPAddress: change.sourceIp },
    responseElements: { 'x-amz-request-id': change.requestId, 'x-amz-id-2': change.hostId },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: settings.configurationId,
      bucket: { name: bucket, ownerIdentity: { principalId: 'LOCAL' }, arn: `arn:aws:s3:::${bucket}` },
      // A removal has neither size nor eTag: JSON leaves out what is undefined.
      object: { key: encodeKey(change.key), size, eTag, sequencer },
    },
  };
  return { Records: [record] };
}

/** 2.3 came with the newer types, of which expiry is one; the older ones stayed at 2.1. */
function versionOf(eventName: string): string {
  return eventName.startsWith('Lifecycle') ? '2.3' : '2.1';
}
