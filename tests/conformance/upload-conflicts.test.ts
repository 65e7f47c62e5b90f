import { describe, expect, test } from '@jest/globals';
import { bmp, jpeg, png } from '../images.ts';
import { codeOf, errorIn, imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { digestOf } from './digest.ts';
import { recordOf, sendJson, upload } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();
const RACES = Array.from({ length: 5 }, (_, index) => index);

describe('an upload under a name that exists', () => {
  test('answers 409 image_exists with a hint, in each of the three forms, and changes nothing', async () => {
    const bytes = await jpeg();
    const name = `${folder.name}taken.jpg`;
    const { image_id: id } = imageIn(await upload(name, bytes), 201);

    const form = new FormData();
    form.append('file', new File([bmp()], name));
    const answers = [
      await upload(name, bmp()),
      await upload(name, bmp(), { overwrite: false }),
      await callApi('POST', '/images', { body: form }),
      await sendJson('/images', { name, data: bmp().toString('base64') }),
    ];
    expect(answers.map(codeOf)).toEqual(Array(4).fill('409 image_exists'));
    expect(answers.map((answer) => errorIn(answer).hint)).toEqual(
      Array(4).fill(expect.stringContaining('overwrite=true')),
    );
    expect(digestOf(await objects.get(id))).toBe(digestOf(bytes));
    expect(await recordOf(id)).toMatchObject({ format: 'jpeg', size: bytes.length });
  });

  test('answers 409 where only the bucket knows the name', async () => {
    const bytes = NO_RECORD_NEEDED;
    await folder.put('unread.png', bytes);
    expect(codeOf(await upload(`${folder.name}unread.png`, bmp()))).toBe('409 image_exists');
    expect(digestOf(await objects.get(`${folder.id}unread.png`))).toBe(digestOf(bytes));
  });

  test('replaces the image with overwrite=true, and keeps created_at', async () => {
    const name = `${folder.name}replaced.jpg`;
    const first = imageIn(await upload(name, await jpeg()), 201);
    const second = imageIn(
      await upload(name, await png({ width: 30, height: 20 }), { overwrite: true }),
      201,
    );
    expect(second).toMatchObject({ format: 'png', width: 30, height: 20, created_at: first.created_at });
    expect(second.etag).not.toBe(first.etag);
    expect(await recordOf(first.image_id)).toMatchObject({ etag: second.etag, created_at: first.created_at });
  });

  test('is a first one with overwrite=true, where nothing was there', async () => {
    const answer = await upload(`${folder.name}new.jpg`, await jpeg(), { overwrite: true });
    expect(imageIn(answer, 201).name).toBe(`${folder.name}new.jpg`);
  });
});

test.each(RACES)('two racing uploads of one name end in one 201 and one 409 (%i)', async (index) => {
  const name = `${folder.name}race-${index}.bmp`;
  const images = [bmp({ width: 10, height: 1 }), bmp({ width: 20, height: 1 })];
  const answers = await Promise.all(images.map((image) => upload(name, image)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);

  const winner = answers.findIndex(({ status }) => status === 201);
  expect(digestOf(await objects.get(folder.id + `race-${index}.bmp`))).toBe(digestOf(images[winner]));
  const { width } = await recordOf(`${folder.id}race-${index}.bmp`);
  expect(width).toBe(winner === 0 ? 10 : 20);
});

const NO_RECORD_NEEDED = bmp({ width: 3, height: 3 });
