import { describe, expect, test } from '@jest/globals';
import * as images from '../images.ts';
import { SIDES, type Sides } from '../images.ts';
import { recordOf } from './images-api.ts';
import { ownFolder } from './own-folder.ts';
import * as rare from './rare-images.ts';
import { stack } from './stack.ts';

const folder = ownFolder();

type Case = [format: string, contentType: string, make: () => Promise<Buffer> | Buffer, sides?: Sides];

const FORMATS: Case[] = [
  ['jpeg', 'image/jpeg', images.jpeg],
  ['png', 'image/png', images.png],
  ['png', 'image/png', images.pngWithAlpha],
  ['gif', 'image/gif', images.gif],
  ['webp', 'image/webp', images.webp],
  ['avif', 'image/avif', images.avif],
  ['tiff', 'image/tiff', images.tiff],
  ['svg', 'image/svg+xml', images.svg],
  ['bmp', 'image/bmp', images.bmp],
  ['heic', 'image/heic', rare.heic],
  ['jp2', 'image/jp2', rare.jp2],
  ['jxl', 'image/jxl', rare.jxl, rare.JXL_SIDES],
  ['psd', 'image/vnd.adobe.photoshop', rare.psd],
  ['ico', 'image/vnd.microsoft.icon', rare.ico],
  ['cur', 'image/x-win-bitmap', rare.cur],
];

describe('the record of an object', () => {
  test.each(FORMATS)(
    'that is %s says so, and its sides',
    async (format, contentType, make, sides = SIDES) => {
      const bytes = await make();
      const id = await folder.put(`${make.name}.${format}`, bytes, { contentType });
      expect(await recordOf(id)).toEqual({
        image_id: id,
        bucket: stack.bucket,
        name: id.slice('uploads/'.length),
        size: bytes.length,
        url: expect.stringContaining(`${make.name}.${format}`),
        content_type: contentType,
        format,
        ...sides,
        stored_width: sides.width,
        stored_height: sides.height,
        orientation: 1,
        has_gps: false,
        etag: expect.stringMatching(/^[^"]+$/),
        created_at: expect.stringMatching(/Z$/),
        last_modified: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
      });
    },
  );

  test('says what the upload declared, where the bytes are another type', async () => {
    const id = await folder.put('declared.gif', await images.jpeg(), { contentType: 'image/gif' });
    expect(await recordOf(id)).toMatchObject({
      content_type: 'image/jpeg',
      declared_content_type: 'image/gif',
      format: 'jpeg',
    });
  });

  test('sees the format in the bytes, whatever the name says', async () => {
    const id = await folder.put('photo.jpg.txt', await images.webp(), { contentType: 'image/webp' });
    const record = await recordOf(id);
    expect(record).toMatchObject({ content_type: 'image/webp', format: 'webp' });
    expect(record).not.toHaveProperty('declared_content_type');
  });
});
