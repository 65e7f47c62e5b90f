import { describe, expect, test } from '@jest/globals';
import { jpeg, NOT_AN_IMAGE, png } from '../images.ts';
import { listedIds, recordOf } from './images-api.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();

describe('an object without dimensions has a record that says why', () => {
  test('where it is empty', async () => {
    const record = await recordOf(await folder.put('empty.jpg', Buffer.alloc(0)));
    expect(record).toMatchObject({ size: 0, format: null, problem: 'empty' });
    expect(record).not.toHaveProperty('width');
  });

  test('where it is no image, with the type that it was declared as', async () => {
    const id = await folder.put('diary.jpg', NOT_AN_IMAGE, { contentType: 'image/jpeg' });
    const record = await recordOf(id);
    expect(record).toMatchObject({
      size: NOT_AN_IMAGE.length,
      format: null,
      content_type: 'image/jpeg',
      problem: 'not_an_image',
    });
    expect(record).not.toHaveProperty('stored_width');
  });

  test.each([
    ['a JPEG cut in its header', 'jpeg', jpeg, 20],
    ['a PNG cut in its header', 'png', png, 20],
    ['a JPEG of its signature alone', 'jpeg', jpeg, 3],
    ['a PNG of its signature alone', 'png', png, 8],
  ])('where it is %s', async (title, format, make, length) => {
    const id = await folder.put(`${title}.${format}`, (await make()).subarray(0, length));
    const record = await recordOf(id);
    expect(record).toMatchObject({ size: length, format, problem: 'unreadable_header' });
    expect(record).not.toHaveProperty('height');
  });

  test('and is in the list, and loses the problem with a good image', async () => {
    const id = await folder.put('mended.png', (await png()).subarray(0, 20));
    await recordOf(id, ({ problem }) => problem === 'unreadable_header');
    expect(await listedIds(`${folder.id}mended`)).toEqual([id]);
    await folder.put('mended.png', await png());
    const record = await recordOf(id, ({ width }) => width !== undefined);
    expect(record).not.toHaveProperty('problem');
  });
});

test('an image cut behind its header has its dimensions', async () => {
  const record = await recordOf(await folder.put('cut.png', (await png()).subarray(0, 60)));
  expect(record).toMatchObject({ width: 12, height: 8 });
  expect(record).not.toHaveProperty('problem');
});
