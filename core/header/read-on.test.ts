import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as images from '../../tests/images.ts';
import { readImageHeader } from './image-header.ts';
import { rangeToReadOn, readHeaderOfWhole, withRange } from './read-on.ts';

const FIRST = 65_536;
const KIB = 1024;

function firstReadOf(image: Buffer) {
  const first = image.subarray(0, FIRST);
  const header = readImageHeader(first, { gps: false });
  return { first, header, range: rangeToReadOn(first, header, image.length) };
}

describe('an image whose header is not in its first 64 KiB', () => {
  test.each([
    ['a TIFF, whose directory ends it', images.noiseTiff, 2_000_000, 64 * KIB],
    ['a WebP, whose EXIF ends it', images.noiseWebp, 2_000_000, 64 * KIB],
    ['an AVIF, whose EXIF ends it', images.noiseAvif, 300_000, 960 * KIB],
    ['a JPEG with long segments', longJpeg, 300_000, 960 * KIB],
  ])('reads as the whole does after one more range: %s', async (_, make, bytes, length) => {
    const image = await make(bytes, 6);
    const { first, range } = firstReadOf(image);
    expect(range?.length).toBe(length);
    const start = range?.start ?? 0;
    const whole = withRange(first, start, image.subarray(start, start + length));
    const header = readImageHeader(whole, { gps: false });
    expect(header).toEqual(readImageHeader(image, { gps: false }));
    expect(header.orientation).toBe(6);
  });
});

test.each([FIRST - 20, FIRST - 8, FIRST - 4])(
  'a WebP whose EXIF chunk begins at %i is read on',
  async (at) => {
    const image = await webpWithExifAt(at);
    expect(readHeaderOfWhole(image, { gps: false }).orientation).toBe(6);
  },
);

describe('no more is read', () => {
  test('of an image that is there as a whole', () => {
    expect(rangeToReadOn(new Uint8Array(9), { format: 'jpeg', problem: 'unreadable_header' }, 9)).toBeNull();
  });

  test.each([
    ['a PNG', images.noisePng],
    ['a WebP that announces no EXIF', webpWithoutExif],
  ])('of %s, whose first bytes say all', async (_, make) => {
    expect(firstReadOf(await make(300_000)).range).toBeNull();
  });

  test('of what is no image', () => {
    expect(firstReadOf(Buffer.alloc(100_000)).range).toBeNull();
  });

  test('where the place is said to be behind the end, or too far', () => {
    const tiff = Buffer.alloc(FIRST);
    tiff.write('II*\0', 'latin1');
    tiff.writeUInt32LE(0x7fffffff, 4);
    const header = readImageHeader(tiff, { gps: false });
    expect(header.problem).toBe('unreadable_header');
    expect(rangeToReadOn(tiff, header, 100_000)).toBeNull();
    expect(rangeToReadOn(tiff, header, 2 ** 32)).toBeNull();
  });
});

test('whatever the first bytes are, the range goes on in the object, and has 1 MiB at most with them', async () => {
  const starts = await Promise.all([
    images.noiseTiff(99_000, 1),
    images.noiseWebp(99_000, 1),
    images.noiseAvif(99_000, 1),
  ]);
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 255 })), { maxLength: 6 }),
      fc.integer({ min: 1, max: FIRST }),
      (image, changes, length) => {
        const bytes = Buffer.from(image.subarray(0, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const range = rangeToReadOn(bytes, readImageHeader(bytes, { gps: false }), 50_000_000);
        if (range === null) return;
        expect(range.start + range.length).toBeGreaterThan(bytes.length);
        expect(range.length + bytes.length).toBeLessThanOrEqual(1_048_576);
      },
    ),
    { numRuns: 2000 },
  );
});

async function longJpeg(bytes: number, orientation: number): Promise<Buffer> {
  return images.withLongHeader(await images.orientedJpeg(orientation), bytes);
}

async function webpWithoutExif(bytes: number): Promise<Buffer> {
  const image = await images.noiseWebp(bytes, 6);
  image.writeUInt8(image.readUInt8(20) & ~0x08, 20);
  return image;
}

/** Another chunk in front of the EXIF, which readers pass over, brings it to its place. */
async function webpWithExifAt(at: number): Promise<Buffer> {
  const image = await images.noiseWebp(3_000, 6);
  const exif = image.indexOf('EXIF');
  const filler = Buffer.alloc(at - exif);
  filler.write('XXXX');
  filler.writeUInt32LE(filler.length - 8, 4);
  return Buffer.concat([image.subarray(0, exif), filler, image.subarray(exif)]);
}
