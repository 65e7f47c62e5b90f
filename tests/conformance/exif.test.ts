import { expect, test } from '@jest/globals';
import { photo, PHOTO_EXIF } from '../images.ts';
import { imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { recordOf, recordPath, upload } from './images-api.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();

test('a photo has its curated EXIF in its record', async () => {
  const record = await recordOf(await folder.put('camera.jpg', await photo()));
  expect(record.exif).toEqual(PHOTO_EXIF);
  expect(record.has_gps).toBe(false);
});

test('EXIF and orientation are read together', async () => {
  const record = await recordOf(await folder.put('turned.jpg', await photo({ orientation: 6 })));
  expect(record).toMatchObject({ width: 30, height: 40, orientation: 6, exif: PHOTO_EXIF });
});

test('a photo with a position says so, and no answer says where it is', async () => {
  const name = `${folder.name}eiffel.jpg`;
  const uploaded = await upload(name, await photo({ gps: true }));
  const { image_id: id } = imageIn(uploaded, 201);
  const put = await recordOf(await folder.put('put.jpg', await photo({ gps: true })));
  expect(put).toMatchObject({ has_gps: true, exif: PHOTO_EXIF });

  const read = await callApi('GET', recordPath(id));
  const listed = await callApi('GET', '/metadata', { query: { prefix: folder.id } });
  expect(imageIn(read)).toMatchObject({ has_gps: true, exif: PHOTO_EXIF });
  for (const { text } of [uploaded, read, listed]) {
    expect(text).toContain('"has_gps":true');
    expect(text).not.toMatch(/48\.85|2\.29|latitude|longitude|"gps"/i);
  }
});

test('an image without EXIF has none in its record', async () => {
  const record = await recordOf(await folder.put('plain.svg', Buffer.from('<svg width="2" height="1"/>')));
  expect(record).not.toHaveProperty('exif');
});
