import { randomBytes } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';

/** Test images are made here, so that none is committed. Sides differ by default: a swap of them must show. */
export interface Sides {
  width: number;
  height: number;
}

export const SIDES: Sides = { width: 12, height: 8 };

export const jpeg = (sides = SIDES) => plain(sides).jpeg().toBuffer();
export const png = (sides = SIDES) => plain(sides).png().toBuffer();
export const gif = (sides = SIDES) => plain(sides).gif().toBuffer();
export const webp = (sides = SIDES) => plain(sides).webp().toBuffer();
export const avif = (sides = SIDES) => plain(sides).avif({ effort: 0 }).toBuffer();
export const tiff = (sides = SIDES) => plain(sides).tiff().toBuffer();

export function pngWithAlpha(sides = SIDES): Promise<Buffer> {
  return plain(sides).ensureAlpha(0.5).png().toBuffer();
}

/** `orientation` is EXIF's, 1 to 8; `sides` are those of the stored pixels. */
export function orientedJpeg(orientation: number, sides = SIDES): Promise<Buffer> {
  return plain(sides).withMetadata({ orientation }).jpeg().toBuffer();
}

/** What `photo` carries, in the words of the contract (openapi.yaml, `Exif`). */
export const PHOTO_EXIF = {
  make: 'Rhea Optics',
  model: 'N-1',
  lens: 'N 35mm F1.4',
  taken_at: '2026-08-14T17:02:11+02:00',
  exposure: '1/250',
  f_number: 5.6,
  iso: 200,
  focal_length: 35,
  software: 'Darkroom 3',
};

/** A JPEG as a camera writes it; with `gps`, taken at 48.8583 N, 2.2945 E. */
export function photo({ gps = false, orientation = 1 } = {}): Promise<Buffer> {
  return plain({ width: 40, height: 30 })
    .withExif({ ...CAMERA, ...(gps && { IFD3: GPS }) })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer();
}

const CAMERA = {
  IFD0: { Make: PHOTO_EXIF.make, Model: PHOTO_EXIF.model, Software: PHOTO_EXIF.software },
  IFD2: {
    LensModel: PHOTO_EXIF.lens,
    DateTimeOriginal: '2026:08:14 17:02:11',
    OffsetTimeOriginal: '+02:00',
    ExposureTime: '1/250',
    FNumber: '56/10',
    ISOSpeedRatings: '200',
    FocalLength: '35/1',
  },
};

const GPS = {
  GPSLatitudeRef: 'N',
  GPSLatitude: '48/1 51/1 2988/100',
  GPSLongitudeRef: 'E',
  GPSLongitude: '2/1 17/1 4020/100',
};

/** A PNG of random pixels, which no encoder makes smaller: at least `bytes` long, and at most a few rows more. */
export function noisePng(bytes: number): Promise<Buffer> {
  return noise(bytes).png({ compressionLevel: 0, adaptiveFiltering: false }).toBuffer();
}

/** Its EXIF, with the orientation, stands behind the pixels, as the format's order of chunks has it. */
export function noiseWebp(bytes: number, orientation: number): Promise<Buffer> {
  return noise(bytes).withMetadata({ orientation }).webp({ lossless: true, effort: 0 }).toBuffer();
}

/** Its EXIF stands behind the pixels; the rotation that it is displayed with (`irot`) in front. */
export function noiseAvif(bytes: number, orientation: number): Promise<Buffer> {
  return noise(bytes).withMetadata({ orientation }).avif({ quality: 90, effort: 0 }).toBuffer();
}

/** Its only directory, with the sides, stands behind the pixels. */
export function noiseTiff(bytes: number, orientation: number): Promise<Buffer> {
  return noise(bytes).withMetadata({ orientation }).tiff({ compression: 'none' }).toBuffer();
}

export const NOISE_WIDTH = 256;

function noise(bytes: number): Sharp {
  const width = NOISE_WIDTH;
  const height = Math.ceil(bytes / (width * 3));
  return sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });
}

/** The JPEG with segments of at least `bytes` in front of its frame header, as a large colour profile makes them. */
export function withLongHeader(image: Buffer, bytes: number): Buffer {
  const frame = frameHeaderAt(image);
  const segments = Array.from({ length: Math.ceil(bytes / MAX_SEGMENT) }, () => {
    const segment = randomBytes(MAX_SEGMENT);
    // APP13, and its length without the marker (ITU-T T.81, B.1.1.4).
    segment.writeUInt16BE(0xffed, 0);
    segment.writeUInt16BE(MAX_SEGMENT - 2, 2);
    return segment;
  });
  return Buffer.concat([image.subarray(0, frame), ...segments, image.subarray(frame)]);
}

const MAX_SEGMENT = 65_537;

/** ITU-T T.81, B.1.1: segments of a marker and a length, up to the start of frame (baseline or progressive). */
export function frameHeaderAt(image: Buffer): number {
  let at = 2;
  while (at + 4 <= image.length && image[at + 1] !== 0xc0 && image[at + 1] !== 0xc2) {
    at += 2 + image.readUInt16BE(at + 2);
  }
  return at;
}

export function svg({ width, height } = SIDES): Buffer {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<!-- by hand -->\n` +
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect/></svg>\n`,
  );
}

/** 24 bits a pixel, all black; each row is padded to 4 bytes (BITMAPFILEHEADER, BITMAPINFOHEADER). */
export function bmp({ width, height } = SIDES): Buffer {
  const image = Buffer.alloc(54 + Math.ceil((width * 3) / 4) * 4 * height);
  image.write('BM');
  image.writeUInt32LE(image.length, 2);
  image.writeUInt32LE(54, 10);
  image.writeUInt32LE(40, 14);
  image.writeInt32LE(width, 18);
  image.writeInt32LE(height, 22);
  image.writeUInt16LE(1, 26);
  image.writeUInt16LE(24, 28);
  return image;
}

export const NOT_AN_IMAGE = Buffer.from('Dear diary, this is a text.\n');

function plain({ width, height }: Sides): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#c06030' } });
}
