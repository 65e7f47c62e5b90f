import { type ImageHeader, readImageHeader } from './image-header.ts';

/** Bytes of an object, from `start`. */
export interface Range {
  start: number;
  length: number;
}

// One further read, of 64 KiB where the place is known, else of all up to 1 MiB.
const AT_A_PLACE = 65_536;
const MAX_READ = 1_048_576;
// What lies between is filled with zeros for the readers, so this bounds memory.
const MAX_START = 33_554_432;

/** How much is read of an object first: 64 KiB hold the header of nearly every image. */
export const FIRST_READ = 65_536;

/**
 * The header of an image that is at hand as a whole, from the same of its bytes as are read of an object: a record
 * must not depend on the way that its image came.
 */
export function readHeaderOfWhole(bytes: Uint8Array, options: { gps: boolean }): ImageHeader {
  const first = bytes.subarray(0, FIRST_READ);
  const header = readImageHeader(first, options);
  const more = rangeToReadOn(first, header, bytes.length);
  if (more === null) return header;
  const { start, length } = more;
  return readImageHeader(withRange(first, start, bytes.subarray(start, start + length)), options);
}

/** What to read beside the first bytes of an object of `size` bytes; `null` where they are enough. */
export function rangeToReadOn(bytes: Uint8Array, header: ImageHeader, size: number): Range | null {
  if (bytes.length >= size) return null;
  const start = startOfRest(bytes, header);
  if (start === null || start >= size || start > MAX_START) return null;
  return { start, length: start === bytes.length ? MAX_READ - start : AT_A_PLACE };
}

/** The first bytes, zeros, and the bytes of a range, each in their place. */
export function withRange(bytes: Uint8Array, start: number, rest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(start + rest.length);
  whole.set(bytes);
  whole.set(rest, start);
  return whole;
}

function startOfRest(bytes: Uint8Array, { format, problem, exif }: ImageHeader): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'webp') return webpExifAt(view);
  if (format === 'tiff' && problem) return Math.max(tiffDirectoryAt(view), bytes.length);
  if (format === 'avif' || format === 'heic') {
    return problem || (!exif && hasExifItem(bytes)) ? bytes.length : null;
  }
  return problem === 'unreadable_header' ? bytes.length : null;
}

const EXIF_FLAG = 0x08;

/**
 * Where the EXIF chunk may begin, behind the pixels; `null` where the header announces none, or it was read.
 * Source: WebP Container Specification, "Extended File Format".
 */
function webpExifAt(view: DataView): number | null {
  if (view.byteLength < 30 || fourCc(view, 12) !== 'VP8X' || !(view.getUint8(20) & EXIF_FLAG)) return null;
  let at = 12;
  // A chunk's header takes 8 bytes at least, so that each turn goes on.
  while (at + 8 <= view.byteLength) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length;
    if (fourCc(view, at) === 'EXIF') return end > view.byteLength ? at : null;
    at = end + (length % 2);
  }
  return at;
}

/** Source: TIFF 6.0, section 2: the first directory may lie anywhere. */
function tiffDirectoryAt(view: DataView): number {
  if (view.byteLength < 16) return 0;
  const isLittle = view.getUint8(0) === 0x49;
  const isBig = view.getUint16(2, isLittle) === 43;
  return isBig ? Number(view.getBigUint64(8, isLittle)) : view.getUint32(4, isLittle);
}

/** Whether the item list has one of type `Exif` (ISO/IEC 23008-12, annex A.2.1); its bytes may lie behind the pixels. */
function hasExifItem(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(E); at >= 0 && at + 4 <= bytes.length; at = bytes.indexOf(E, at + 1)) {
    if (bytes[at + 1] === 0x78 && bytes[at + 2] === 0x69 && bytes[at + 3] === 0x66) return true;
  }
  return false;
}

const E = 0x45;

function fourCc(view: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}
