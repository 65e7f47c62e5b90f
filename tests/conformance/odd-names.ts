/** Names that have broken an index, a bucket, a URL or a file system before; each is an image of its own. */
export const ODD_NAMES: readonly string[] = [
  'año 1+1 50%.jpg',
  'a//b.jpg',
  '/first.jpg',
  // Encodings that must not be decoded twice.
  'a%2Fb.jpg',
  'a%41b.jpg',
  '%2e%2e%2fetc.jpg',
  '%25.jpg',
  '100%',
  '%E0%A4%A.jpg',
  'a+b c%20d.jpg',
  '&amp;<b>.jpg',
  // What a URL, a query, a shell or XML reads as its own.
  'q?x=1#top.jpg',
  '&=;:@$,.jpg',
  'back\\slash.jpg',
  `quo"te's\`.jpg`,
  "~!*'().jpg",
  '{image_id+}[0]|^.jpg',
  'http://h/a.jpg',
  ' leading and trailing ',
  // Dots that are no dot segments.
  '.hidden',
  '..a',
  'a..',
  'a./b.',
  '...',
  // Other scripts; composed and decomposed are two names.
  'صورة جديدة.jpg',
  '日本語の写真.jpg',
  'emoji 👩‍👩‍👧🏽.jpg',
  'caf\u00e9.jpg',
  'cafe\u0301.jpg',
  '\u202eright-to-left.jpg',
  '\ufeffmark.jpg',
  '\u2028line.jpg',
  // What Windows has no file for, or only one.
  'CON.jpg',
  'con.jpg',
  'nul',
  'a:b*c.jpg',
  // A name that is another one's folder.
  'tree',
  'tree/leaf.jpg',
  '__proto__',
];

/** A name of so many bytes in UTF-8 that its key, with what stands in front, has `keyBytes`. */
export function longName(inFront: string, keyBytes: number, character: string): string {
  const left = keyBytes - Buffer.byteLength(inFront);
  const each = Buffer.byteLength(character);
  return character.repeat(Math.floor(left / each)) + 'x'.repeat(left % each);
}

/** Every byte as an escape. */
export function encodeAll(id: string): string {
  return [...Buffer.from(id)].map(escape).join('');
}

/** Only what a path can't hold (RFC 3986, 3.3: pchar and the slash stay). */
export function encodeLeast(id: string): string {
  const bytes = [...Buffer.from(id)];
  return bytes
    .map((byte) =>
      byte < 0x80 && PATH.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : escape(byte),
    )
    .join('');
}

const PATH = /[\w.~!$&'()*+,;=:@/-]/;

function escape(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
