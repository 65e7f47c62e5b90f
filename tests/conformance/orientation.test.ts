import { describe, expect, test } from '@jest/globals';
import * as images from '../images.ts';
import { NOISE_WIDTH, SIDES } from '../images.ts';
import { recordOf } from './images-api.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();
const UPRIGHT = { width: SIDES.width, height: SIDES.height };
const TURNED = { width: SIDES.height, height: SIDES.width };
const STORED = { stored_width: SIDES.width, stored_height: SIDES.height };

describe('the sides of a JPEG are as displayed', () => {
  test.each([1, 2, 3, 4])('upright with orientation %i', async (orientation) => {
    const id = await folder.put(`upright-${orientation}.jpg`, await images.orientedJpeg(orientation));
    expect(await recordOf(id)).toMatchObject({ ...UPRIGHT, ...STORED, orientation });
  });

  test.each([5, 6, 7, 8])('turned with orientation %i', async (orientation) => {
    const id = await folder.put(`turned-${orientation}.jpg`, await images.orientedJpeg(orientation));
    expect(await recordOf(id)).toMatchObject({ ...TURNED, ...STORED, orientation });
  });
});

describe('a header that is not in the first 64 KiB is read', () => {
  test.each([70_000, 400_000])('in a JPEG with %i bytes of segments in front of it', async (bytes) => {
    const image = images.withLongHeader(await images.orientedJpeg(6), bytes);
    const id = await folder.put(`segments-${bytes}.jpg`, image);
    expect(await recordOf(id)).toMatchObject({ ...TURNED, ...STORED, orientation: 6 });
  });

  test.each([
    ['a TIFF of 200 kB, whose directory ends it', images.noiseTiff, 200_000],
    ['a TIFF of 2 MB', images.noiseTiff, 2_000_000],
    ['a WebP of 200 kB, whose EXIF ends it', images.noiseWebp, 200_000],
    ['a WebP of 2 MB', images.noiseWebp, 2_000_000],
    ['an AVIF of 200 kB, whose EXIF ends it', images.noiseAvif, 300_000],
  ])('in %s', async (title, make, bytes) => {
    const image = await make(bytes, 6);
    expect(image.length).toBeGreaterThan(65_536);
    const record = await recordOf(await folder.put(`${title}.bin`, image));
    expect(record).toMatchObject({ height: NOISE_WIDTH, stored_width: NOISE_WIDTH, orientation: 6 });
  });

  test('but not one that is beyond a mebibyte: the record says so', async () => {
    const image = images.withLongHeader(await images.jpeg(), 1_300_000);
    const record = await recordOf(await folder.put('endless.jpg', image));
    expect(record).toMatchObject({ format: 'jpeg', size: image.length, problem: 'unreadable_header' });
    expect(record).not.toHaveProperty('width');
  });
});
