// Real files have under 200 entries in a directory, a handful of directories, and values of a few megabytes at most.
const MAX_ENTRIES = 512;
const MAX_DIRECTORIES = 16;
const MAX_VALUE_BYTES = 4_194_304;

/**
 * Whether the EXIF in these bytes is of a size that a real image has. A reader decodes each value of each entry, and
 * a hostile file has 65,535 entries that all point to the same megabyte.
 * Source: TIFF 6.0, section 2; Exif 3.0, 4.6.3 (the pointers to further directories).
 */
export function isExifAffordable(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const budget = { directories: MAX_DIRECTORIES, valueBytes: MAX_VALUE_BYTES };
  for (let at = 0; at + 8 <= bytes.length; at++) {
    if (!isTiffHeader(bytes, at)) continue;
    const isLittle = bytes[at] === 0x49;
    if (!isChainAffordable(view, { start: at, isLittle, first: view.getUint32(at + 4, isLittle) }, budget))
      return false;
  }
  return true;
}

/** `II*\0` or `MM\0*` */
function isTiffHeader(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === 0x49) return bytes[at + 1] === 0x49 && bytes[at + 2] === 0x2a && bytes[at + 3] === 0;
  return bytes[at] === 0x4d && bytes[at + 1] === 0x4d && bytes[at + 2] === 0 && bytes[at + 3] === 0x2a;
}

interface Chain {
  /** Of the TIFF header, which all offsets count from. */
  start: number;
  isLittle: boolean;
  /** Offset of the first directory. */
  first: number;
}

const DIRECTORY_POINTERS = new Set([0x8769, 0x8825, 0xa005]);

/** Takes off the budget what the directories and their values need; each turn takes one directory off. */
function isChainAffordable(
  view: DataView,
  { start, isLittle, first }: Chain,
  budget: { directories: number; valueBytes: number },
): boolean {
  const seen = new Set<number>();
  const open = [first];
  for (let offset = open.pop(); offset !== undefined; offset = open.pop()) {
    const at = start + offset;
    // Zero ends a chain: the header itself stands there.
    if (offset === 0 || seen.has(offset) || at + 2 > view.byteLength) continue;
    seen.add(offset);
    const entries = view.getUint16(at, isLittle);
    if (entries > MAX_ENTRIES || --budget.directories < 0) return false;
    for (let entry = at + 2; entry < at + 2 + 12 * entries && entry + 12 <= view.byteLength; entry += 12) {
      const value = view.getUint32(entry + 8, isLittle);
      if (DIRECTORY_POINTERS.has(view.getUint16(entry, isLittle))) open.push(value);
      budget.valueBytes -= Math.min(view.getUint32(entry + 4, isLittle), view.byteLength);
      if (budget.valueBytes < 0) return false;
    }
    const next = at + 2 + 12 * entries;
    if (next + 4 <= view.byteLength) open.push(view.getUint32(next, isLittle));
  }
  return true;
}
