import { describe, expect, test } from '@jest/globals';
import { noiseTiff, photo } from '../../tests/images.ts';
import { isExifAffordable } from './exif-budget.ts';
import { readImageHeader } from './image-header.ts';

/** A little-endian TIFF of `size` bytes with `entries` that all point to the same text of `valueBytes`. */
function tiffWith(entries: number, valueBytes: number, size = 65_536): Buffer {
  const tiff = Buffer.alloc(size, 'x');
  tiff.write('II*\0', 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(entries, 8);
  for (let i = 0; i < entries && 10 + 12 * (i + 1) <= size; i++) {
    const at = 10 + 12 * i;
    tiff.writeUInt16LE(0x010e, at);
    tiff.writeUInt16LE(2, at + 2);
    tiff.writeUInt32LE(valueBytes, at + 4);
    tiff.writeUInt32LE(16, at + 8);
  }
  return tiff;
}

describe('EXIF that a reader can afford', () => {
  test('is that of real images', async () => {
    expect(isExifAffordable(await photo({ gps: true }))).toBe(true);
    expect(isExifAffordable(await noiseTiff(200_000, 6))).toBe(true);
    expect(isExifAffordable(tiffWith(60, 1_000))).toBe(true);
  });

  test.each([
    ['thousands of entries', tiffWith(5_400, 1)],
    ['entries that all name the same large value', tiffWith(500, 65_000)],
    ['entries that name more than there is', tiffWith(500, 0xffffffff)],
    [
      'the same inside another format',
      Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), tiffWith(5_400, 1)]),
    ],
  ])('is not one with %s', (_, bytes) => {
    expect(isExifAffordable(bytes)).toBe(false);
  });

  test('ends where directories name each other in a circle', () => {
    const tiff = tiffWith(1, 1);
    tiff.writeUInt16LE(0x8769, 10);
    tiff.writeUInt32LE(8, 18);
    expect(isExifAffordable(tiff)).toBe(true);
  });

  test('and that of none is left out, while the image is still read', async () => {
    const image = await photo({ orientation: 6 });
    const at = image.indexOf('II*\0', 0, 'latin1');
    expect(at).toBeGreaterThan(0);
    image.writeUInt16LE(0xffff, at + 8);
    const header = readImageHeader(image, { gps: false });
    expect(header).toMatchObject({ format: 'jpeg', stored_width: 40, stored_height: 30 });
    expect(header).not.toHaveProperty('exif');
  });
});
