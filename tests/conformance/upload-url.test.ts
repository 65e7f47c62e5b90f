import { describe, expect, test } from '@jest/globals';
import { jpeg, noisePng, png } from '../images.ts';
import { digestOf } from './digest.ts';
import { readRecord, recordOf } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';
import { putOf, sendPut, uploadAddress, without, type Put } from './upload-address.ts';

const folder = ownFolder();

describe('an upload address', () => {
  test('says the image, the method, the headers and its end', async () => {
    const bytes = await jpeg();
    const address = await uploadAddress({ name: `${folder.name}said.jpg`, bytes });
    expect(address).toMatchObject({ image_id: `${folder.id}said.jpg`, method: 'PUT' });
    const length = String(bytes.length);
    expect(address.headers).toMatchObject({ 'content-type': 'image/jpeg', 'content-length': length });
    expect(Date.parse(address.expires_at)).toBeGreaterThan(Date.now());
  });

  test('takes an image that is too large for the API, and its record follows', async () => {
    const bytes = await noisePng(6_000_000);
    const name = `${folder.name}large año 1+1 50%.png`;
    const address = await uploadAddress({ name, bytes, contentType: 'image/png' });
    expect(await sendPut(putOf(address, bytes))).toMatchObject({ status: 200 });
    expect(await recordOf(address.image_id)).toMatchObject({ name, size: bytes.length, format: 'png' });
    expect(digestOf(await objects.get(address.image_id))).toBe(digestOf(bytes));
  });

  test('takes no second image', async () => {
    const bytes = await jpeg();
    const address = await uploadAddress({ name: `${folder.name}once.jpg`, bytes });
    expect(await sendPut(putOf(address, bytes))).toMatchObject({ status: 200 });
    const other = Buffer.from(bytes).reverse();
    expect((await sendPut(putOf(address, other))).status).toBeGreaterThanOrEqual(400);
    expect(digestOf(await objects.get(address.image_id))).toBe(digestOf(bytes));
  });

  test('takes no image where one is already', async () => {
    const bytes = await jpeg();
    const id = await folder.put('taken.jpg', await png());
    const address = await uploadAddress({ name: id, bytes });
    expect((await sendPut(putOf(address, bytes))).status).toBeGreaterThanOrEqual(400);
    expect(digestOf(await objects.get(id))).toBe(digestOf(await png()));
  });

  test('replaces an image with overwrite=true, any number of times', async () => {
    const id = await folder.put('replaced.jpg', await jpeg());
    const first = await recordOf(id);
    const bytes = await png();
    const address = await uploadAddress({ name: id, bytes, contentType: 'image/png', overwrite: true });
    expect(await sendPut(putOf(address, bytes))).toMatchObject({ status: 200 });
    expect(await sendPut(putOf(address, bytes))).toMatchObject({ status: 200 });
    const second = await recordOf(id, ({ format }) => format === 'png');
    expect(second.created_at).toBe(first.created_at);
  });

  test.each<[string, (put: Put) => Partial<Put>]>([
    ['of another type', ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/html' } })],
    ['of no type', ({ headers }) => ({ headers: without('content-type', headers) })],
    ['of more bytes', ({ bytes }) => ({ bytes: Buffer.concat([bytes, bytes]) })],
    ['of fewer bytes', ({ bytes }) => ({ bytes: bytes.subarray(0, -1) })],
    ['of no bytes', () => ({ bytes: Buffer.alloc(0) })],
    ['without the condition', ({ headers }) => ({ headers: without('if-none-match', headers) })],
    ['under another name', ({ url }) => ({ url: url.replace('bound', 'other') })],
  ])('takes nothing %s', async (title, change) => {
    const bytes = await jpeg();
    const address = await uploadAddress({ name: `${folder.name}bound-${title}.jpg`, bytes });
    const put = putOf(address, bytes);
    expect((await sendPut({ ...put, ...change(put) })).status).toBeGreaterThanOrEqual(400);
    const name = `${title}.jpg`;
    expect(await objects.get(`${folder.id}bound-${name}`)).toBeUndefined();
    expect(await objects.get(`${folder.id}other-${name}`)).toBeUndefined();
    expect(await readRecord(`${folder.id}bound-${name}`)).toBeUndefined();
  });
});
