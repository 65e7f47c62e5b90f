import { describe, expect, test } from '@jest/globals';
import { inMemoryObjects, inMemoryRecords } from '../tests/in-memory.ts';
import {
  ImageExists,
  ImageNotFound,
  InvalidName,
  NotAnImage,
  TooLarge,
  TooLargeForOnePut,
  UnsupportedMediaType,
} from './errors.ts';
import { pruneImage } from './prune-image.ts';
import { syncObject } from './sync-object.ts';
import { createUploadUrl, uploadImage } from './upload-image.ts';

const GIF = Uint8Array.from([...Buffer.from('GIF89a'), 3, 0, 2, 0, 0, 0, 0]);
const KEY = 'uploads/a.gif';

function setUp() {
  const records = inMemoryRecords();
  const objects = inMemoryObjects();
  let uploads = 0;
  const options = {
    records,
    objects,
    home: { bucket: 'images', prefix: 'uploads/', url: objects.url },
    gps: false,
    now: () => new Date('2026-11-22T12:00:00Z'),
    maxUploadBytes: 100,
    newUploadId: () => `upload-${++uploads}`,
  };
  const upload = (change: { name?: string; bytes?: Uint8Array; overwrite?: boolean } = {}) =>
    uploadImage({ name: 'a.gif', bytes: GIF, overwrite: false, ...change }, options);
  return { records, objects, options, upload };
}

describe('an upload', () => {
  test('puts the object under its true type and answers the record that is stored', async () => {
    const { upload, records, objects } = setUp();
    const record = await upload();
    expect(record).toMatchObject({ image_id: KEY, format: 'gif', width: 3, height: 2, size: 13 });
    expect(objects.objects.get(KEY)?.contentType).toBe('image/gif');
    expect(records.items.get(KEY)?.record).toEqual(record);
  });

  test('is confirmed by its own event, which changes nothing of it but updated_at', async () => {
    const { upload, options, records } = setUp();
    const { updated_at: _, ...uploaded } = await upload();
    expect(await syncObject({ key: KEY, kind: 'created', order: '01' }, options)).toBe('written');
    expect(records.items.get(KEY)?.record).toMatchObject(uploaded);
  });

  test('of a name that exists is refused, and replaces it with overwrite', async () => {
    const { upload, records } = setUp();
    await upload();
    await expect(upload()).rejects.toThrow(ImageExists);
    const record = await upload({ overwrite: true });
    expect(record.etag).toBe('etag-2');
    expect(records.items.get(KEY)?.record?.etag).toBe('etag-2');
  });

  test('keeps the order of the record before it, so that any later event wins', async () => {
    const { upload, records, options } = setUp();
    await upload();
    await syncObject({ key: KEY, kind: 'created', order: '05' }, options);
    await upload({ overwrite: true });
    expect(records.items.get(KEY)?.order).toBe('05');
  });

  test('whose event was faster leaves the record of the event', async () => {
    const { upload, records, objects, options } = setUp();
    const { put } = objects;
    objects.put = async (...parameters) => {
      const result = await put(...parameters);
      await syncObject({ key: KEY, kind: 'created', order: '01' }, options);
      return result;
    };
    const record = await upload();
    expect(records.items.get(KEY)).toMatchObject({ order: '01', version: 'v1' });
    expect(record).toEqual(records.items.get(KEY)?.record);
  });

  test.each([
    ['a name that can not be', { name: '../a' }, InvalidName],
    ['a key that is too long', { name: 'n'.repeat(1020) }, InvalidName],
    ['bytes that are no image', { bytes: Buffer.from('text') }, NotAnImage],
    ['more bytes than allowed', { bytes: new Uint8Array([...GIF, ...new Uint8Array(100)]) }, TooLarge],
  ])('with %s is refused, and nothing is put', async (_, change, error) => {
    const { upload, objects } = setUp();
    await expect(upload(change)).rejects.toThrow(error);
    expect(objects.objects.size).toBe(0);
  });
});

describe('an upload address', () => {
  test('is for one name, type and size, and says when it ends', async () => {
    const { options } = setUp();
    const request = { name: 'b.jpg', content_type: 'image/jpeg', size: 7, overwrite: false };
    expect(await createUploadUrl(request, options)).toEqual({
      image_id: 'uploads/b.jpg',
      method: 'PUT',
      url: 'https://bucket.example/uploads/b.jpg',
      headers: { 'content-type': 'image/jpeg', 'content-length': '7', 'if-none-match': '*' },
      expires_at: '2026-11-22T12:15:00.000Z',
    });
  });

  test('for overwriting has no condition', async () => {
    const { options } = setUp();
    const request = { name: 'b.jpg', content_type: 'image/jpeg', size: 7, overwrite: true };
    expect((await createUploadUrl(request, options)).headers).not.toHaveProperty('if-none-match');
  });

  test.each([
    [{ size: 5 * 1024 ** 3 + 1 }, TooLargeForOnePut],
    [{ content_type: 'text/html' }, UnsupportedMediaType],
    [{ name: 'a/../b' }, InvalidName],
  ])('with %j is refused', async (change, error) => {
    const { options } = setUp();
    const request = { name: 'b.jpg', content_type: 'image/jpeg', size: 7, overwrite: false, ...change };
    await expect(createUploadUrl(request, options)).rejects.toThrow(error);
  });
});

describe('an image pruned by hand', () => {
  test('does not come back by its old event, and does by a newer one', async () => {
    const { upload, options, records, objects } = setUp();
    await upload();
    const event = { key: KEY, kind: 'created' } as const;
    await syncObject({ ...event, order: '05' }, options);
    await pruneImage(KEY, records);
    expect(records.items.get(KEY)).toMatchObject({ record: null, pruned: true, order: '05' });
    expect(records.items.get(KEY)).not.toHaveProperty('expiresAt');
    expect(await syncObject({ ...event, order: '05' }, options)).toBe('superseded');
    await objects.put(KEY, GIF, { contentType: 'image/gif', ifAbsent: false, upload: 'another' });
    expect(await syncObject({ ...event, order: '06' }, options)).toBe('written');
  });

  test('before the event of its upload came does not come back by it, and does by another upload', async () => {
    const { upload, options, records } = setUp();
    await upload();
    await pruneImage(KEY, records);
    const event = { key: KEY, kind: 'created' } as const;
    expect(await syncObject({ ...event, order: '01' }, options)).toBe('superseded');
    expect(records.items.get(KEY)?.record).toBeNull();
    await upload({ overwrite: true });
    expect(records.items.get(KEY)?.record?.etag).toBe('etag-2');
    expect(await syncObject({ ...event, order: '02' }, options)).toBe('written');
  });

  test('is not found a second time', async () => {
    const { upload, records } = setUp();
    await expect(pruneImage(KEY, records)).rejects.toThrow(ImageNotFound);
    await upload();
    await pruneImage(KEY, records);
    await expect(pruneImage(KEY, records)).rejects.toThrow(ImageNotFound);
  });
});
