import { describe, expect, test } from '@jest/globals';
import { jpeg, noisePng, orientedJpeg, pngWithAlpha, SIDES, svg } from '../images.ts';
import { imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { digestOf } from './digest.ts';
import { listedIds, readRecord, recordOf, sendJson, untilListed, upload } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';
import { stack } from './stack.ts';

const folder = ownFolder();

describe('an upload by raw body', () => {
  test('answers 201 with the whole record', async () => {
    const bytes = await orientedJpeg(6);
    const record = imageIn(await upload(`${folder.name}raw.jpg`, bytes), 201);
    expect(record).toEqual({
      image_id: `${folder.id}raw.jpg`,
      bucket: stack.bucket,
      name: `${folder.name}raw.jpg`,
      size: bytes.length,
      url: expect.stringContaining('raw.jpg'),
      content_type: 'image/jpeg',
      format: 'jpeg',
      width: SIDES.height,
      height: SIDES.width,
      stored_width: SIDES.width,
      stored_height: SIDES.height,
      orientation: 6,
      etag: expect.stringMatching(/^[^"]+$/),
      created_at: expect.stringMatching(/Z$/),
      last_modified: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
      has_gps: false,
    });
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain; charset=utf-8', 'image/gif'])(
    'keeps each byte, and sees the type in the bytes, under content-type %s',
    async (contentType) => {
      const bytes = await noisePng(300_000);
      const name = `${folder.name}bytes-${contentType.replace('/', '-')}`;
      const record = imageIn(await upload(name, bytes, { contentType }), 201);
      expect(record).toMatchObject({ size: bytes.length, content_type: 'image/png', format: 'png' });
      expect(digestOf(await objects.get(record.image_id))).toBe(digestOf(bytes));
    },
  );

  test('needs no content-type', async () => {
    const answer = await callApi('POST', '/images', {
      query: { name: `${folder.name}untyped.svg` },
      body: svg(),
      raw: true,
    });
    expect(imageIn(answer, 201)).toMatchObject({ content_type: 'image/svg+xml', format: 'svg' });
  });

  test('is in the index at once, and in the list', async () => {
    const { image_id: id, etag } = imageIn(await upload(`${folder.name}at/once.jpg`, await jpeg()), 201);
    expect(await readRecord(id)).toMatchObject({ image_id: id, etag });
    expect(await untilListed(`${folder.id}at/`, [id])).toEqual([id]);
  });

  test('says in Location where its record is, relative to the request', async () => {
    const answer = await upload(`${folder.name}a b/50% #1?.jpg`, await jpeg());
    const record = imageIn(answer, 201);
    const address = new URL(answer.headers.get('location') ?? '', answer.url);
    const path = address.href.slice(stack.api_url.length);
    expect(imageIn(await callApi('GET', path))).toMatchObject({
      image_id: record.image_id,
      etag: record.etag,
    });
  });

  test('means the same with the image prefix in its name', async () => {
    const record = imageIn(await upload(`${folder.id}prefixed.jpg`, await jpeg()), 201);
    expect(record.image_id).toBe(`${folder.id}prefixed.jpg`);
  });

  test('of an image cut short is taken, with what is wrong with it', async () => {
    const record = imageIn(await upload(`${folder.name}cut.jpg`, (await jpeg()).subarray(0, 20)), 201);
    expect(record).toMatchObject({ format: 'jpeg', problem: 'unreadable_header' });
  });
});

describe('an upload by form', () => {
  test.each(['form.png', 'ñandú 写真.png', 'quo"te\'s.png', 'plus+per%20cent.png'])(
    'is named as its file, %s',
    async (fileName) => {
      const bytes = await pngWithAlpha();
      const body = new FormData();
      body.append('file', new File([bytes], folder.name + fileName, { type: 'text/plain' }));
      const record = imageIn(await callApi('POST', '/images', { body }), 201);
      expect(record).toMatchObject({ name: folder.name + fileName, content_type: 'image/png' });
      expect(digestOf(await objects.get(record.image_id))).toBe(digestOf(bytes));
    },
  );

  test('is named as its field name, where it has one', async () => {
    const body = new FormData();
    body.append('name', `${folder.name}námed.png`);
    body.append('file', new File([await pngWithAlpha()], 'other.png'));
    const record = imageIn(await callApi('POST', '/images', { body }), 201);
    expect(record.name).toBe(`${folder.name}námed.png`);
  });
});

test('an upload by JSON keeps each byte of its base64', async () => {
  const bytes = await noisePng(100_000);
  const name = `${folder.name}jsoñ.png`;
  const record = imageIn(await sendJson('/images', { name, data: bytes.toString('base64') }), 201);
  expect(record).toMatchObject({ name, size: bytes.length, format: 'png' });
  expect(digestOf(await objects.get(record.image_id))).toBe(digestOf(bytes));
});

test('the event of an upload says the same as the upload did', async () => {
  const answered = imageIn(await upload(`${folder.name}same/said.jpg`, await orientedJpeg(8)), 201);
  await recordOf(await folder.put('same/marker.jpg', await jpeg()));
  const { last_modified: written, updated_at: updated, ...said } = answered;
  expect(await readRecord(answered.image_id)).toMatchObject(said);
  expect([written, updated].every((time) => Date.parse(time) > 0)).toBe(true);
  expect(await listedIds(`${folder.id}same/`)).toContain(answered.image_id);
});
