import { describe, expect, test } from '@jest/globals';
import { jpeg, noisePng, NOT_AN_IMAGE } from '../images.ts';
import { codeOf, errorIn, imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { digestOf } from './digest.ts';
import { readRecord, sendJson, upload } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();

describe('415', () => {
  test('not_an_image answers bytes that are none, whatever they are called, and puts nothing', async () => {
    const name = `${folder.name}text.jpg`;
    const form = new FormData();
    form.append('file', new File([NOT_AN_IMAGE], name, { type: 'image/jpeg' }));
    const answers = [
      await upload(name, NOT_AN_IMAGE, { contentType: 'image/jpeg' }),
      await upload(name, NOT_AN_IMAGE, { overwrite: true }),
      await callApi('POST', '/images', { body: form }),
      await sendJson('/images', { name, data: NOT_AN_IMAGE.toString('base64') }),
    ];
    expect(answers.map(codeOf)).toEqual(Array(4).fill('415 not_an_image'));
    expect(await objects.get(folder.id + 'text.jpg')).toBeUndefined();
    expect(await readRecord(folder.id + 'text.jpg')).toBeUndefined();
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded'])(
    'unsupported_media_type answers a request for an upload address under %s',
    async (contentType) => {
      const body = JSON.stringify({ name: 'a.jpg', content_type: 'image/jpeg', size: 5 });
      const headers = { 'content-type': contentType };
      const answer = await callApi('POST', '/images/upload-url', { headers, body });
      expect(codeOf(answer)).toBe('415 unsupported_media_type');
    },
  );
});

describe('413', () => {
  test.each([
    ['than a function takes', 5_000_000],
    ['than the gateway takes', 10_600_000],
  ])('answers an image larger %s, hints at the way for it, and puts nothing', async (_, size) => {
    const name = `large-${size}.png`;
    const answer = await upload(folder.name + name, await noisePng(size));
    expect(codeOf(answer)).toBe('413 too_large');
    expect(errorIn(answer).hint).toMatch(/upload-url/);
    expect(await objects.get(folder.id + name)).toBeUndefined();
  });

  test('answers JSON whose base64 makes it too large', async () => {
    const data = (await noisePng(4_300_000)).toString('base64');
    const answer = await sendJson('/images', { name: `${folder.name}large.json.png`, data });
    expect(codeOf(answer)).toBe('413 too_large');
    expect(errorIn(answer).hint).toMatch(/upload-url/);
  });

  test('is not the answer to an image of 4 MB', async () => {
    const bytes = await noisePng(4_000_000);
    const record = imageIn(await upload(`${folder.name}fits.png`, bytes), 201);
    expect(record.size).toBe(bytes.length);
    expect(digestOf(await objects.get(record.image_id))).toBe(digestOf(bytes));
  });

  test('answers a request for an address for more than one PUT can be', async () => {
    const request = { name: `${folder.name}huge.tiff`, content_type: 'image/tiff' };
    const most = 5 * 1024 ** 3;
    expect(codeOf(await sendJson('/images/upload-url', { ...request, size: most + 1 }))).toBe(
      '413 too_large',
    );
    expect((await sendJson('/images/upload-url', { ...request, size: most })).status).toBe(201);
  });
});

test('a refused upload leaves room for a good one of that name', async () => {
  const name = `${folder.name}second-try.jpg`;
  expect((await upload(name, NOT_AN_IMAGE)).status).toBe(415);
  expect((await upload(name, await jpeg())).status).toBe(201);
});
