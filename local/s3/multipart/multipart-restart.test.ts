import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openStoreForTests, type StoreForTests } from '../s3-for-tests.ts';
import type { UploadedPart } from './multipart-uploads.ts';

const KEPT = {
  headers: {},
  checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', isAsked: false },
} as const;

let room: StoreForTests;

beforeEach(async () => {
  room = await openStoreForTests();
});

afterEach(() => room.stop());

async function partsOf(uploadId: string): Promise<UploadedPart[]> {
  const parts: UploadedPart[] = [];
  for await (const part of room.store.uploads.parts(uploadId)) parts.push(part);
  return parts;
}

async function putPart(uploadId: string): Promise<UploadedPart[]> {
  const body = await room.store.createBody();
  await body.write(Buffer.from('abc'));
  const part = { partNumber: 1, size: 3, eTag: 'etag', algorithm: 'CRC64NVME', checksum: '', body };
  await room.store.uploads.putPart({ bucket: 'images', key: 'x', uploadId }, part);
  return partsOf(uploadId);
}

test('an upload goes on after a restart, whose sweep leaves its parts and takes what a crash left', async () => {
  const { uploadId } = await room.store.uploads.create({ bucket: 'images', key: 'x' }, KEPT);
  const [part] = await putPart(uploadId);
  const litter = join(room.folder, 'objects', dirname(part?.file ?? ''), `${'a'.repeat(64)}-earlierrun1`);
  await mkdir(dirname(litter), { recursive: true });
  await writeFile(litter, 'a part that was placed and never made it into the database');
  await room.reopen();
  while ((await room.bodies()).length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await partsOf(uploadId)).toEqual([part]);
  const found = await room.store.uploads.get({ bucket: 'images', key: 'x', uploadId });
  expect(found).toMatchObject({ uploadId, ...KEPT });
  await room.store.uploads.abort(found);
  expect(await room.bodies()).toEqual([]);
  expect(await room.db.sublevel('object-bodies').keys().all()).toEqual([]);
});

test('an upload stays when the database takes nothing of its end', async () => {
  const { uploadId } = await room.store.uploads.create({ bucket: 'images', key: 'x' }, KEPT);
  await putPart(uploadId);
  const { batch } = room.db;
  room.db.batch = (() => Promise.reject(new Error('disk full'))) as unknown as typeof batch;
  await expect(room.store.uploads.abort({ bucket: 'images', key: 'x', uploadId })).rejects.toThrow(
    'disk full',
  );
  room.db.batch = batch;
  expect(await room.bodies()).toHaveLength(1);
  expect(await partsOf(uploadId)).toHaveLength(1);
});
