import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  NOT_AN_IMAGE,
  PHOTO_EXIF,
  SIDES,
  avif,
  bmp,
  gif,
  jpeg,
  orientedJpeg,
  photo,
  png,
  svg,
  tiff,
  webp,
} from '../../tests/images.ts';
import { readImageHeader } from './image-header.ts';

const WITHOUT_GPS = { gps: false };
const MAKERS = { jpeg, png, gif, webp, avif, tiff, svg: async () => svg(), bmp: async () => bmp() };

describe('the header of an image', () => {
  test.each(Object.entries(MAKERS))('of %s says its format, type and sides', async (format, make) => {
    const header = readImageHeader(await make(), WITHOUT_GPS);
    expect(header).toMatchObject({
      format,
      ...SIDES,
      stored_width: SIDES.width,
      orientation: 1,
      has_gps: false,
    });
    expect(header.contentType).toBe(format === 'svg' ? 'image/svg+xml' : `image/${format}`);
    expect(header).not.toHaveProperty('problem');
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of orientation %i has the sides as displayed', async (orientation) => {
    const { width, height } = SIDES;
    const header = readImageHeader(await orientedJpeg(orientation), WITHOUT_GPS);
    expect(header).toMatchObject({
      orientation,
      stored_width: width,
      stored_height: height,
      width: orientation >= 5 ? height : width,
      height: orientation >= 5 ? width : height,
    });
  });

  test('has the chosen EXIF, and tells of a position without saying it', async () => {
    const header = readImageHeader(await photo({ gps: true }), WITHOUT_GPS);
    expect(header.has_gps).toBe(true);
    expect(header.exif).toEqual(PHOTO_EXIF);
  });

  test('has the position where it is asked for', async () => {
    const { exif } = readImageHeader(await photo({ gps: true }), { gps: true });
    expect(exif?.gps).toEqual({ latitude: 48.8583, longitude: 2.2945 });
  });
});

describe('bytes that can not be read', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['text', NOT_AN_IMAGE, 'not_an_image'],
    ['a JPEG without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), 'unreadable_header'],
    ['a GIF of no width', Buffer.from('GIF89a\0\0\x01\0\0\0\0', 'latin1'), 'unreadable_header'],
    [
      'a PNG that is cut short',
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0', 'latin1'),
      'unreadable_header',
    ],
    ['a PNG wider than PNG can say', pngOf(0xffffffff, 1), 'unreadable_header'],
    ['an SVG without sides', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unreadable_header'],
  ])('have a problem: %s', (_, bytes, problem) => {
    const header = readImageHeader(bytes, WITHOUT_GPS);
    expect(header.problem).toBe(problem);
    expect(header).not.toHaveProperty('width');
  });

  test('never throw, however an image is cut or altered', async () => {
    const images = await Promise.all(Object.values(MAKERS).map((make) => make()));
    images.push(await photo({ gps: true }));
    fc.assert(
      fc.property(
        fc.constantFrom(...images),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { maxLength: 8 }),
        (image, part, changes) => {
          const bytes = Buffer.from(image.subarray(0, Math.ceil(image.length * part)));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const header = readImageHeader(bytes, { gps: true });
          expect(header.width === undefined).toBe(header.problem !== undefined);
          expect(header.width ?? 1).toBeGreaterThanOrEqual(1);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

function pngOf(width: number, height: number): Buffer {
  const bytes = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x02\0\0\0', 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}
