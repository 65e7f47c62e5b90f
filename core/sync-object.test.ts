import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inMemoryObjects, inMemoryRecords } from '../tests/in-memory.ts';
import type { ObjectEvent } from './ports.ts';
import { syncObject } from './sync-object.ts';

const KEY = 'uploads/a.gif';

/** A GIF's header says its size in bytes 6 to 9, little-endian. */
function gif(width: number, height: number): Uint8Array {
  return Uint8Array.from([...Buffer.from('GIF89a'), width, 0, height, 0, 0, 0, 0]);
}

function setUp() {
  const records = inMemoryRecords();
  const objects = inMemoryObjects();
  const put = (key: string, bytes: Uint8Array, contentType = 'image/gif') =>
    objects.put(key, bytes, { contentType, ifAbsent: false, upload: 'upload-1' });
  const sync = (event: Partial<ObjectEvent>) =>
    syncObject(
      { key: KEY, kind: 'created', order: '01', ...event },
      {
        records,
        objects,
        home: { bucket: 'images', prefix: 'uploads/', url: objects.url },
        gps: false,
        now: () => new Date('2026-11-22T12:00:00Z'),
      },
    );
  const record = (key = KEY) => records.items.get(key)?.record;
  return { records, objects, put, sync, record };
}

describe('a created object', () => {
  test('has a record with what its bytes and the bucket say', async () => {
    const { put, sync, record } = setUp();
    await put(KEY, gif(30, 20), 'image/png');
    expect(await sync({})).toBe('written');
    expect(record()).toEqual({
      image_id: KEY,
      bucket: 'images',
      name: 'a.gif',
      size: 13,
      url: 'https://bucket.example/uploads/a.gif',
      content_type: 'image/gif',
      declared_content_type: 'image/png',
      format: 'gif',
      width: 30,
      height: 20,
      stored_width: 30,
      stored_height: 20,
      orientation: 1,
      has_gps: false,
      etag: 'etag-1',
      created_at: '2026-11-22T12:00:00.000Z',
      last_modified: '2026-11-22T10:00:00.000Z',
      updated_at: '2026-11-22T12:00:00.000Z',
    });
  });

  test('is read by one range of 64 KiB', async () => {
    const { put, sync, objects } = setUp();
    await put(KEY, new Uint8Array([...gif(1, 1), ...new Uint8Array(200_000)]));
    await sync({});
    expect(objects.reads).toEqual([`${KEY} 0-65535`]);
  });

  test('whose header goes on after 64 KiB is read on, to 1 MiB at most', async () => {
    const { put, sync, objects, record } = setUp();
    await put(KEY, jpegWithHeaderOf(150_000));
    await sync({});
    expect(objects.reads).toEqual([`${KEY} 0-65535`, `${KEY} 65536-1048575`]);
    expect(record()).toMatchObject({ format: 'jpeg', width: 9, height: 7 });
  });

  test('that changes between two reads is read again from the start', async () => {
    const { put, sync, objects, record } = setUp();
    await put(KEY, jpegWithHeaderOf(150_000));
    const { readRange } = objects;
    objects.readRange = async (...parameters) => {
      const result = await readRange(...parameters);
      if (objects.reads.length === 1) await put(KEY, gif(5, 6));
      return result;
    };
    expect(await sync({})).toBe('written');
    expect(record()).toMatchObject({ format: 'gif', width: 5, etag: 'etag-2' });
  });

  test('that is gone by now has no record: its removal is on the way', async () => {
    const { sync, records } = setUp();
    expect(await sync({})).toBe('gone');
    expect(records.items.size).toBe(0);
  });

  test.each([
    ['empty', new Uint8Array()],
    ['not_an_image', Buffer.from('hello')],
    ['unreadable_header', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4])],
  ])('that can not be read has a record with the problem %s', async (problem, bytes) => {
    const { put, sync, record } = setUp();
    await put(KEY, bytes, 'image/jpeg');
    expect(await sync({})).toBe('written');
    expect(record()).toMatchObject({ problem, size: bytes.length });
    expect(record()).not.toHaveProperty('width');
  });

  test.each(['uploads/', 'uploads/cats/', 'elsewhere/a.gif', 'uploads'])(
    'has no record as %s',
    async (key) => {
      const { put, sync, records } = setUp();
      await put(key, gif(1, 1));
      expect(await sync({ key })).toBe('ignored');
      expect(records.items.size).toBe(0);
    },
  );
});

describe('events of one key', () => {
  test('an older one is superseded, and so is the same one again', async () => {
    const { put, sync, record } = setUp();
    await put(KEY, gif(1, 1));
    await sync({ order: '02' });
    await put(KEY, gif(2, 2));
    expect(await sync({ order: '01' })).toBe('superseded');
    expect(await sync({ order: '02' })).toBe('superseded');
    expect(record()?.width).toBe(1);
    expect(await sync({ order: '03' })).toBe('written');
    expect(record()?.width).toBe(2);
  });

  test('a removal leaves a tombstone, which a late create does not pass', async () => {
    const { put, sync, records } = setUp();
    await put(KEY, gif(1, 1));
    expect(await sync({ order: '02', kind: 'removed' })).toBe('removed');
    expect(await sync({ order: '01' })).toBe('superseded');
    expect(records.items.get(KEY)).toMatchObject({
      record: null,
      order: '02',
      expiresAt: new Date('2026-12-22T12:00:00Z'),
    });
  });

  test('an overwrite keeps created_at, a new life after a removal does not', async () => {
    const { put, sync, record, records } = setUp();
    await put(KEY, gif(1, 1));
    await sync({ order: '01' });
    const stored = records.items.get(KEY);
    if (stored?.record) stored.record.created_at = '2020-01-01T00:00:00.000Z';
    await sync({ order: '02' });
    expect(record()?.created_at).toBe('2020-01-01T00:00:00.000Z');
    await sync({ order: '03', kind: 'removed' });
    await sync({ order: '04' });
    expect(record()?.created_at).toBe('2026-11-22T12:00:00.000Z');
  });

  test('in any order, any number of times, end in the state of the bucket', async () => {
    const steps = fc.array(fc.constantFrom<ObjectEvent['kind']>('created', 'removed'), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (kinds, choices) => {
        const { put, sync, objects, record } = setUp();
        const events: ObjectEvent[] = [];
        for (const [i, kind] of kinds.entries()) {
          if (kind === 'created') await put(KEY, gif(i + 1, 1));
          else objects.objects.delete(KEY);
          events.push({ key: KEY, kind, order: String(i).padStart(2, '0') });
        }
        for (const event of shuffled([...events, ...events], choices)) await sync(event);
        expect(record()?.etag).toBe(objects.objects.get(KEY)?.etag);
      }),
    );
  });
});

function shuffled<T>(items: T[], choices: Iterable<number>): T[] {
  const left = [...items];
  const result: T[] = [];
  for (const choice of choices) {
    result.push(...left.splice(choice % left.length, 1));
    if (left.length === 0) break;
  }
  return result;
}

/** A JPEG whose frame header (9 × 7 pixels) stands behind `length` bytes of application segments. */
function jpegWithHeaderOf(length: number): Uint8Array {
  const parts = [Buffer.from([0xff, 0xd8])];
  for (let left = length; left > 0; left -= 60_000) {
    const segment = Buffer.alloc(60_000);
    segment.set([0xff, 0xec, (60_000 - 2) >> 8, (60_000 - 2) & 0xff]);
    parts.push(segment);
  }
  parts.push(Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 7, 0, 9, 1, 1, 0x11, 0, 0xff, 0xda]));
  return Buffer.concat(parts);
}
