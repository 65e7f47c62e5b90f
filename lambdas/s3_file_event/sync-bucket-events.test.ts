import { describe, expect, test } from '@jest/globals';
import { inMemoryObjects, inMemoryRecords } from '../../tests/in-memory.ts';
import { Unavailable } from '../../core/errors.ts';
import { syncBucketEvents } from './sync-bucket-events.ts';

const GIF = Buffer.from([...Buffer.from('GIF89a'), 3, 0, 2, 0, 0, 0, 0]);

function setUp() {
  const records = inMemoryRecords();
  const objects = inMemoryObjects();
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const write = (level: string) => (message: string, fields: Record<string, unknown>) =>
    lines.push({ level, message, fields });
  const options = {
    records,
    objects,
    bucket: 'images',
    home: { bucket: 'images', prefix: 'uploads/', url: objects.url },
    gps: false,
    now: () => new Date('2026-11-22T12:00:00Z'),
  };
  const sync = (payload: unknown) =>
    syncBucketEvents(payload, options, { info: write('info'), error: write('error') });
  return { records, objects, lines, sync };
}

function record(key: string, { bucket = 'images', sequencer = '01' } = {}) {
  return { eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key, sequencer } } };
}

describe('the events of a bucket', () => {
  test('are brought into the index, and logged with their outcome', async () => {
    const { objects, records, sync, lines } = setUp();
    await objects.put('uploads/a b.gif', GIF, {
      contentType: 'image/gif',
      ifAbsent: false,
      upload: 'upload-1',
    });
    await sync({ Records: [record('uploads/a+b.gif'), record('uploads/gone.gif', { sequencer: '02' })] });
    expect(records.items.get('uploads/a b.gif')?.record?.width).toBe(3);
    expect(lines).toMatchObject([
      {
        message: 'event',
        fields: {
          image_id: 'uploads/a b.gif',
          sequencer: '01',
          event_name: 'ObjectCreated:Put',
          outcome: 'written',
          ms: 0,
        },
      },
      { fields: { image_id: 'uploads/gone.gif', outcome: 'gone' } },
    ]);
  });

  test('of another bucket are ignored', async () => {
    const { records, sync, lines } = setUp();
    await sync({ Records: [record('uploads/a.gif', { bucket: 'other' })] });
    expect(records.items.size).toBe(0);
    expect(lines).toMatchObject([{ fields: { outcome: 'ignored' } }]);
  });

  test('have each their turn when one fails, and then all come again', async () => {
    const { objects, records, sync, lines } = setUp();
    await objects.put('uploads/b.gif', GIF, {
      contentType: 'image/gif',
      ifAbsent: false,
      upload: 'upload-1',
    });
    const { readRange } = objects;
    objects.readRange = (key, ...rest) =>
      key === 'uploads/a.gif' ? Promise.reject(new Unavailable('busy')) : readRange(key, ...rest);
    await expect(sync({ Records: [record('uploads/a.gif'), record('uploads/b.gif')] })).rejects.toThrow(
      'busy',
    );
    expect(records.items.has('uploads/b.gif')).toBe(true);
    expect(lines).toMatchObject([
      { level: 'error', message: 'event failed', fields: { image_id: 'uploads/a.gif', outcome: 'failed' } },
      { level: 'info', fields: { image_id: 'uploads/b.gif' } },
    ]);
  });
});
