import { SIDES, type Sides } from '../images.ts';

/** Formats that sharp doesn't write: the header alone, by hand, as far as a reader needs it for the sides. */

/** ISO/IEC 23008-12: a HEIF image's sides are its property `ispe`. */
export function heic({ width, height } = SIDES): Buffer {
  const ispe = box('ispe', FULL_BOX, u32(width), u32(height));
  return Buffer.concat([
    box('ftyp', 'heic', u32(0), 'mif1', 'heic'),
    box('meta', FULL_BOX, box('iprp', box('ipco', ispe))),
  ]);
}

/** ISO/IEC 15444-1, annex I. */
export function jp2({ width, height } = SIDES): Buffer {
  const ihdr = box('ihdr', u32(height), u32(width), Buffer.from([0, 3, 7, 7, 0, 0]));
  return Buffer.concat([
    box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
    box('ftyp', 'jp2 ', u32(0), 'jp2 '),
    box('jp2h', ihdr),
  ]);
}

export const JXL_SIDES: Sides = { width: 16, height: 8 };

/** ISO/IEC 18181-1: a codestream whose bits say small (1), height 8 · (0 + 1) (5 bits) and ratio 7, 2:1 (3 bits). */
export function jxl(): Buffer {
  const codestream = Buffer.alloc(32);
  codestream.writeUInt16BE(0xff0a);
  codestream.writeUInt16LE(1 | (0 << 1) | (7 << 6), 2);
  return codestream;
}

/** Adobe Photoshop File Formats Specification, "File Header Section". */
export function psd({ width, height } = SIDES): Buffer {
  const header = [u16(1), Buffer.alloc(6), u16(3), u32(height), u32(width), u16(8), u16(3)];
  return Buffer.concat([Buffer.from('8BPS'), ...header]);
}

export const ico = (sides = SIDES) => iconFile(1, sides);
export const cur = (sides = SIDES) => iconFile(2, sides);

/** One entry that names its sides, and no image. */
function iconFile(type: number, { width, height }: Sides): Buffer {
  const entry = Buffer.alloc(16);
  entry.set([width, height]);
  return Buffer.concat([Buffer.from([0, 0, type, 0, 1, 0]), entry]);
}

const FULL_BOX = Buffer.alloc(4);

/** ISO/IEC 14496-12: its length, its type, its contents. */
function box(type: string, ...contents: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(
    [type, ...contents].map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  return Buffer.concat([u32(body.length + 4), body]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
