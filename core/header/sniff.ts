/** Formats that a record can name (openapi.yaml, `Image.format`). */
export type ImageFormat =
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'avif'
  | 'heic'
  | 'tiff'
  | 'svg'
  | 'bmp'
  | 'ico'
  | 'cur'
  | 'jxl'
  | 'jp2'
  | 'psd';

export const CONTENT_TYPES: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  bmp: 'image/bmp',
  ico: 'image/vnd.microsoft.icon',
  cur: 'image/x-win-bitmap',
  jxl: 'image/jxl',
  jp2: 'image/jp2',
  psd: 'image/vnd.adobe.photoshop',
};

/**
 * What the first bytes of an object are, by each format's own signature; `null` where it is no image that we know.
 * Source: WHATWG MIME Sniffing §6.1 for the web's formats, the formats' specifications for the rest.
 */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  for (const [format, signature] of SIGNATURES) {
    if (matches(bytes, signature)) return format;
  }
  if (matches(bytes, '....ftyp')) return isoMediaFormat(bytes);
  return isSvg(bytes) ? 'svg' : null;
}

// A dot stands for any byte.
const SIGNATURES: readonly (readonly [ImageFormat, string])[] = [
  ['jpeg', '\xff\xd8\xff'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['webp', 'RIFF....WEBPVP'],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  ['tiff', 'II+\0\b\0\0\0'],
  ['tiff', 'MM\0+\0\b\0\0'],
  // The two reserved words that follow a BMP's size are zero in real files: "BM" alone is a common start of text.
  ['bmp', 'BM....\0\0\0\0'],
  ['ico', '\0\0\x01\0'],
  ['cur', '\0\0\x02\0'],
  ['jxl', '\xff\x0a'],
  ['jxl', '\0\0\0\x0cJXL \r\n\x87\n'],
  ['jp2', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['psd', '8BPS\0\x01'],
];

function matches(bytes: Uint8Array, signature: string): boolean {
  if (bytes.length < signature.length) return false;
  for (let i = 0; i < signature.length; i++) {
    if (signature[i] !== '.' && signature.charCodeAt(i) !== bytes[i]) return false;
  }
  return true;
}

const AVIF_BRANDS = new Set(['avif', 'avis']);
const HEIF_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'mif2']);
const MAX_BRANDS = 64;

/** ISO/IEC 14496-12 §4.3: the `ftyp` box names a major brand and, after a version, compatible ones. */
function isoMediaFormat(bytes: Uint8Array): ImageFormat | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(view.getUint32(0), bytes.length, 16 + 4 * MAX_BRANDS);
  const brands = [text(bytes, 8)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text(bytes, at));
  if (!HEIF_BRANDS.has(brands[0] ?? '') && !AVIF_BRANDS.has(brands[0] ?? '')) return null;
  return brands.some((brand) => AVIF_BRANDS.has(brand)) ? 'avif' : 'heic';
}

function text(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

const SVG_LOOK = 4096;

/** Whether the first element is `<svg>`, after a byte order mark, the XML declaration, comments and a doctype. */
function isSvg(bytes: Uint8Array): boolean {
  let rest = new TextDecoder().decode(bytes.subarray(0, SVG_LOOK)).trimStart();
  // Each turn takes a prologue part off or ends, so the text's length bounds the loop.
  while (rest.startsWith('<?') || rest.startsWith('<!')) {
    const close = rest.startsWith('<!--') ? '-->' : '>';
    const end = rest.indexOf(close);
    if (end < 0) return false;
    rest = rest.slice(end + close.length).trimStart();
  }
  return /^<(?:svg:)?svg[\s>/]/.test(rest);
}
