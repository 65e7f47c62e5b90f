import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bucketEventsIn } from './s3-events.ts';

function sample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(`lambdas/shared/samples/${name}.json`, 'utf8')) as Record<string, unknown>;
}

const BUCKET = 'images-123456789012-us-east-1';

describe('the events in what S3 sends', () => {
  test('a notification of a created object, with its key decoded', () => {
    expect(bucketEventsIn(sample('s3-object-created'))).toEqual([
      {
        kind: 'created',
        key: 'uploads/año 1+1 50%.jpg',
        order: '0055AED6DCD90281E5',
        bucket: BUCKET,
        eventName: 'ObjectCreated:Put',
        sequencer: '0055AED6DCD90281E5',
      },
    ]);
  });

  test('a notification of a removed object, with its order in the form that compares', () => {
    expect(bucketEventsIn(sample('s3-object-removed'))).toMatchObject([
      {
        kind: 'removed',
        key: 'uploads/logo.jpg',
        order: '0055AED6DCD90281E6',
        sequencer: '0055aed6dcd90281e600',
      },
    ]);
  });

  test('an expiry, which is a removal of another name', () => {
    expect(bucketEventsIn(sample('s3-lifecycle-expiration'))).toMatchObject([
      { kind: 'removed', key: 'uploads/old.jpg' },
    ]);
  });

  test("EventBridge's created object, whose key comes as it is", () => {
    expect(bucketEventsIn(sample('eventbridge-object-created'))).toMatchObject([
      { kind: 'created', key: 'uploads/año 1+1 50%.jpg', order: '00617F08299329D189', bucket: BUCKET },
    ]);
  });

  test("EventBridge's deleted object", () => {
    expect(bucketEventsIn(sample('eventbridge-object-deleted'))).toMatchObject([
      { kind: 'removed', key: 'uploads/logo.jpg', order: '006181EE2C2B5F4E1' },
    ]);
  });

  test('each of several records', () => {
    const records = ['s3-object-created', 's3-object-removed'].flatMap((name) => sample(name)['Records']);
    expect(bucketEventsIn({ Records: records }).map(({ kind }) => kind)).toEqual(['created', 'removed']);
  });

  test.each([
    ["S3's test event", { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKET }],
    ['an event of tags', recordWith({ eventName: 'ObjectTagging:Put' })],
    [
      "EventBridge's other types",
      { ...sample('eventbridge-object-created'), 'detail-type': 'Object Tags Added' },
    ],
  ])('nothing in %s', (_, payload) => {
    expect(bucketEventsIn(payload)).toEqual([]);
  });

  test('an unknown order where the sequencer is missing', () => {
    const object = { key: 'uploads/a.jpg' };
    expect(bucketEventsIn(recordWith({ s3: { bucket: { name: BUCKET }, object } }))).toMatchObject([
      { key: 'uploads/a.jpg', order: '', sequencer: undefined },
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['text', 'Records'],
    ['another service', { source: 'aws.ec2', 'detail-type': 'Object Created' }],
    ['a record without an event name', recordWith({ eventName: undefined })],
    ['a record without a key', recordWith({ s3: { bucket: { name: BUCKET }, object: {} } })],
    ['a record without a bucket', recordWith({ s3: { object: { key: 'uploads/a.jpg' } } })],
    ['EventBridge without a detail', { ...sample('eventbridge-object-created'), detail: undefined }],
  ])('a TypeError for %s', (_, payload) => {
    expect(() => bucketEventsIn(payload)).toThrow(TypeError);
  });
});

function recordWith(change: object): object {
  const [record] = sample('s3-object-created')['Records'] as object[];
  return { Records: [{ ...record, ...change }] };
}
