import { describe, expect, it } from '@jest/globals';
import type { ObjectChange } from '../s3/object-change.ts';
import { isWanted, notificationOf } from './object-notification.ts';

const settings = {
  configurationId: 's3_file_event',
  region: 'us-east-1',
  prefix: 'uploads/',
  events: ['ObjectCreated:*', 'ObjectRemoved:*', 'LifecycleExpiration:*'],
};

const change: ObjectChange = {
  eventName: 'ObjectCreated:Put',
  eventTime: '2026-11-22T10:15:30.123Z',
  bucket: 'images-local',
  key: 'uploads/año 1+1 50%.jpg',
  size: 1024,
  eTag: 'd41d8cd98f00b204e9800998ecf8427e',
  sequencer: '0A1B2C3D4E5F678901',
  requestId: 'C3D13FE58DE4C810',
  hostId: 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD',
  sourceIp: '127.0.0.1',
};

describe('the notification of a change', () => {
  it('is the message that S3 documents', () => {
    expect(JSON.parse(JSON.stringify(notificationOf(settings, change)))).toEqual({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'us-east-1',
          eventTime: '2026-11-22T10:15:30.123Z',
          eventName: 'ObjectCreated:Put',
          userIdentity: { principalId: 'AWS:LOCAL' },
          requestParameters: { sourceIPAddress: '127.0.0.1' },
          responseElements: {
            'x-amz-request-id': 'C3D13FE58DE4C810',
            'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD',
          },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: 's3_file_event',
            bucket: {
              name: 'images-local',
              ownerIdentity: { principalId: 'LOCAL' },
              arn: 'arn:aws:s3:::images-local',
            },
            object: {
              key: 'uploads/a%C3%B1o+1%2B1+50%25.jpg',
              size: 1024,
              eTag: 'd41d8cd98f00b204e9800998ecf8427e',
              sequencer: '0A1B2C3D4E5F678901',
            },
          },
        },
      ],
    });
  });

  it('has neither size nor eTag for a removal', () => {
    const { size, eTag, ...rest } = change;
    expect([size, eTag]).not.toContain(undefined);
    const message = JSON.stringify(notificationOf(settings, { ...rest, eventName: 'ObjectRemoved:Delete' }));
    expect(message).toContain(
      '"object":{"key":"uploads/a%C3%B1o+1%2B1+50%25.jpg","sequencer":"0A1B2C3D4E5F678901"}',
    );
  });
});

describe('the filter of the notification', () => {
  it('takes the prefix and the kinds of event that it names, and no others', () => {
    expect(isWanted(settings, change)).toBe(true);
    expect(isWanted(settings, { ...change, eventName: 'ObjectRemoved:Delete' })).toBe(true);
    expect(isWanted(settings, { ...change, key: 'upload/a.jpg' })).toBe(false);
    expect(isWanted(settings, { ...change, key: 'thumbs/uploads/a.jpg' })).toBe(false);
    expect(isWanted({ ...settings, events: ['ObjectRemoved:*'] }, change)).toBe(false);
    expect(isWanted({ ...settings, events: ['ObjectCreated:Put'] }, change)).toBe(true);
    expect(isWanted({ ...settings, events: ['ObjectCreated:Post'] }, change)).toBe(false);
  });
});
