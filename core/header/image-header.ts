import { imageMeta } from 'image-meta';
import { type Exif, readExif } from './exif.ts';
import { type ImageFormat, CONTENT_TYPES, sniffFormat } from './sniff.ts';

export type { Exif } from './exif.ts';

/** Why a record has no dimensions. */
export type Problem = 'empty' | 'not_an_image' | 'unreadable_header';

/** What an image's bytes say of it, in the record's own words. */
export interface ImageHeader {
  format: ImageFormat | null;
  /** What the bytes are; absent where they are no image. */
  contentType?: string;
  width?: number;
  height?: number;
  stored_width?: number;
  stored_height?: number;
  orientation?: number;
  exif?: Exif;
  has_gps?: boolean;
  problem?: Problem;
}

/**
 * Reads an image's header from the first bytes of its object. Never throws: a reader that fails or is fooled
 * gives a header with a `problem`.
 */
export function readImageHeader(bytes: Uint8Array, options: { gps: boolean }): ImageHeader {
  if (bytes.length === 0) return { format: null, problem: 'empty' };
  const format = sniffFormat(bytes);
  if (format === null) return { format, problem: 'not_an_image' };
  const known = { format, contentType: CONTENT_TYPES[format] };
  const stored = readDimensions(bytes, format);
  if (stored === null) return { ...known, problem: 'unreadable_header' };
  const { orientation = 1, ...exifFacts } = readExif(bytes, format, options);
  const [width, height] = orientation >= 5 ? [stored.height, stored.width] : [stored.width, stored.height];
  return {
    ...known,
    width,
    height,
    stored_width: stored.width,
    stored_height: stored.height,
    orientation,
    ...exifFacts,
  };
}

// The largest side that any of the formats can say, PNG's and JPEG 2000's 2³¹ − 1; more is a header that lies.
const MAX_SIDE = 2 ** 31 - 1;

interface Size {
  width: number;
  height: number;
}

function readDimensions(bytes: Uint8Array, format: ImageFormat): Size | null {
  try {
    const { width, height, type = '' } = imageMeta(bytes);
    if ((META_TYPES[type] ?? type) !== format) return null;
    return isSide(width) && isSide(height) ? { width, height } : null;
  } catch {
    // Not retried: these bytes will never read better, so the record says so.
    return null;
  }
}

// image-meta's names, where they are not ours.
const META_TYPES: Readonly<Record<string, ImageFormat>> = { jpg: 'jpeg' };

function isSide(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels >= 1 && pixels <= MAX_SIDE;
}
