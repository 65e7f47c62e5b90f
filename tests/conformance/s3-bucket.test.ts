import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { jpeg } from '../images.ts';
import { imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { sendRaw } from './http.ts';
import { listedIds, readRecord, recordOf, untilListed, upload } from './images-api.ts';
import { objects, s3Client } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';
import { stack } from './stack.ts';

const folder = ownFolder();
const Bucket = stack.bucket;

describe('the object of an image', () => {
  test('has the type of its bytes and the ETag of its record', async () => {
    const record = imageIn(await upload(`${folder.name}typed.jpg`, await jpeg()), 201);
    const head = await s3Client.send(new HeadObjectCommand({ Bucket, Key: record.image_id }));
    expect(head).toMatchObject({ ContentType: 'image/jpeg', ContentLength: record.size });
    expect(head.ETag).toBe(`"${record.etag}"`);
  });

  test('was last written when its record says, once the event has been here', async () => {
    const id = await folder.put('dated.jpg', await jpeg());
    const { LastModified } = await s3Client.send(new HeadObjectCommand({ Bucket, Key: id }));
    expect(LastModified?.toISOString()).toBe((await recordOf(id)).last_modified);
  });

  test('is not public at its url', async () => {
    const { url } = await recordOf(await folder.put('private 1+1.jpg', await jpeg()));
    expect((await sendRaw(url, { method: 'GET', headers: {} })).status).toBe(403);
  });

  test("has S3's default type as its declared one, where none was said", async () => {
    const id = `${folder.id}untyped.jpg`;
    await s3Client.send(new PutObjectCommand({ Bucket, Key: id, Body: await jpeg() }));
    const { ContentType } = await s3Client.send(new HeadObjectCommand({ Bucket, Key: id }));
    expect((await recordOf(id)).declared_content_type).toBe(ContentType);
  });
});

test('the removal of what never was leaves no trace, and its name can be used', async () => {
  const id = `${folder.id}never.jpg`;
  await s3Client.send(new DeleteObjectCommand({ Bucket, Key: id }));
  await recordOf(await folder.put('marker.jpg', await jpeg()));
  expect(await readRecord(id)).toBeUndefined();
  await folder.put('never.jpg', await jpeg());
  expect((await recordOf(id)).image_id).toBe(id);
});

describe('a key that only S3 can hold', () => {
  // No URL client can address it: every one resolves the segments away.
  test.each(['dots/../up.jpg', './here.jpg'])('%s is listed', async (name) => {
    const id = await folder.put(name, await jpeg());
    expect(await untilListed(folder.id + name, [id])).toEqual([id]);
  });

  test.each(['tab\t.jpg', 'line\nbreak.jpg', 'return\r.jpg', 'bell\u0007.jpg'])(
    '%j is read',
    async (name) => {
      const id = await folder.put(name, await jpeg());
      const { name: read } = await recordOf(id);
      expect(read).toBe(folder.name + name);
      expect(imageIn(await callApi('GET', `/metadata/${encodeURIComponent(id)}`)).name).toBe(read);
      expect(await objects.list(id)).toEqual(await listedIds(id));
    },
  );
});
