import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ClassicLevel } from 'classic-level';
import { ImageExists, Unavailable } from '../../core/errors.ts';
import type { ImageObjects } from '../../core/ports.ts';
import { openObjectStore } from '../../local/s3/object-store.ts';
import { createS3Server } from '../../local/s3/server.ts';
import { imageBucket } from './image-bucket.ts';

const bucket = 'images';
const credentials = { accessKeyId: 'test', secretAccessKey: 'secret' };
const PNG = { contentType: 'image/png', ifAbsent: false, upload: 'upload-1' };
let folder: string;
let db: ClassicLevel<string, unknown>;
let server: Server;
let client: S3Client;
let objects: ImageObjects;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucket-'));
  db = new ClassicLevel(join(folder, 'db'), { valueEncoding: 'json' });
  const outbox = { entries: () => [], committed: () => undefined };
  const store = await openObjectStore({ db, folder: join(folder, 'objects'), outbox });
  server = createS3Server({ store, buckets: [bucket], region: 'us-east-1', credentials });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = clientOf();
  objects = imageBucket({ bucket, client });
});

afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await db.close();
  await rm(folder, { recursive: true });
});

function clientOf(change: { secretAccessKey?: string } = {}): S3Client {
  const { port } = server.address() as AddressInfo;
  return new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { ...credentials, ...change },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });
}

describe('a range of an object', () => {
  test('has the bytes asked for, and what the bucket says of the whole', async () => {
    const { etag } = await objects.put('uploads/a', Buffer.from('0123456789'), PNG);
    expect(await objects.readRange('uploads/a', 2, 3)).toEqual({
      bytes: Uint8Array.from(Buffer.from('234')),
      size: 10,
      etag,
      contentType: 'image/png',
      lastModified: expect.any(Date),
      upload: 'upload-1',
    });
    expect(await objects.readRange('uploads/a', 8, 100)).toMatchObject({
      size: 10,
      bytes: Buffer.from('89'),
    });
  });

  test('of no object is null', async () => {
    expect(await objects.readRange('uploads/none', 0, 10)).toBeNull();
  });

  test('of an empty object has no bytes, and what the bucket says of it', async () => {
    await objects.put('uploads/empty', new Uint8Array(), PNG);
    expect(await objects.readRange('uploads/empty', 0, 10)).toMatchObject({
      bytes: new Uint8Array(),
      size: 0,
      etag: 'd41d8cd98f00b204e9800998ecf8427e',
      contentType: 'image/png',
    });
  });

  test('of an object that was replaced since is changed', async () => {
    const { etag } = await objects.put('uploads/b', Buffer.from('one'), PNG);
    await objects.put('uploads/b', Buffer.from('two'), PNG);
    expect(await objects.readRange('uploads/b', 0, 3, etag)).toBe('changed');
  });

  test('that is denied is thrown as it is: no later try would help', async () => {
    const stranger = clientOf({ secretAccessKey: 'wrong' });
    const denied = imageBucket({ bucket, client: stranger }).readRange('uploads/a', 0, 1);
    await expect(denied).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    stranger.destroy();
  });
});

test('a put where nothing may be refuses to replace', async () => {
  const put = () =>
    objects.put('uploads/c', Buffer.from('c'), { ...PNG, ifAbsent: true, upload: randomUUID() });
  await put();
  await expect(put()).rejects.toThrow(ImageExists);
});

test('a put whose answer was lost finds its own object at the next try, and that is success', async () => {
  const upload = { ...PNG, ifAbsent: true, upload: 'upload-7' };
  const first = await objects.put('uploads/lost', Buffer.from('x'), upload);
  expect(await objects.put('uploads/lost', Buffer.from('x'), upload)).toMatchObject({ etag: first.etag });
});

describe('an upload address', () => {
  const request = { contentType: 'image/png', size: 3, seconds: 60, ifAbsent: true };
  const putTo = async (url: string, headers: Record<string, string>, body: string) =>
    (await fetch(url, { method: 'PUT', headers, body })).status;

  test('takes just what it was signed for, once', async () => {
    const { url, headers } = await objects.presignUpload('uploads/año 1+1 50%.png', request);
    expect(headers).toEqual({ 'content-type': 'image/png', 'content-length': '3', 'if-none-match': '*' });
    const { 'content-length': _, ...sent } = headers;
    expect(await putTo(url, { ...sent, 'content-type': 'text/html' }, 'abc')).toBe(403);
    expect(await putTo(url, sent, 'abcd')).toBe(403);
    expect(await putTo(url, { 'content-type': 'image/png' }, 'abc')).toBe(403);
    expect(await putTo(url, sent, 'abc')).toBe(200);
    expect(await putTo(url, sent, 'abc')).toBe(412);
    expect(await objects.readRange('uploads/año 1+1 50%.png', 0, 9)).toMatchObject({
      bytes: Buffer.from('abc'),
    });
  });

  test('to overwrite goes without a condition', async () => {
    const { url, headers } = await objects.presignUpload('uploads/a', { ...request, ifAbsent: false });
    expect(headers).not.toHaveProperty('if-none-match');
    expect(await putTo(url, { 'content-type': 'image/png' }, 'new')).toBe(200);
  });
});

test('a bucket that has a fault of its own is unavailable', async () => {
  const faulty = imageBucket({
    bucket,
    client: new S3Client({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials,
      requestHandler: {
        handle: () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' })),
      },
      maxAttempts: 1,
    }),
  });
  await expect(faulty.readRange('uploads/a', 0, 1)).rejects.toThrow(Unavailable);
});
