import { S3Error } from './errors.ts';

/** An element that a client sent, without its attributes and its name's prefix. */
export interface ReadElement {
  name: string;
  /** Its own text, decoded. */
  text: string;
  children: ReadElement[];
}

const MAX_DEPTH = 16;

/** Instructions, comments, CDATA, tags and text; what is none of these, such as a DOCTYPE, is refused. */
const TOKEN =
  /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([A-Za-z_][\w.:-]*)(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>|([^<]+)/y;

/**
 * The root element of a small document. Throws MalformedXML.
 * https://www.w3.org/TR/xml/, without document types, which S3 takes none of either.
 */
export function readXml(bytes: Uint8Array): ReadElement {
  const source = decodeUtf8(bytes);
  const document: ReadElement = { name: '', text: '', children: [] };
  const open = [document];
  const token = new RegExp(TOKEN);
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    if (match === null) throw malformed();
    takeToken(match, open);
  }
  const [root] = document.children;
  if (open.length !== 1 || document.children.length !== 1 || root === undefined) throw malformed();
  if (document.text.trim() !== '') throw malformed();
  return root;
}

/** The text of a child; undefined where there is none. */
export function childText(element: ReadElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

function takeToken(match: RegExpExecArray, open: ReadElement[]): void {
  const [, cdata, slash, tag, isEmpty, text] = match;
  const current = open.at(-1);
  if (current === undefined) throw malformed();
  if (tag === undefined) {
    current.text += cdata ?? decodeText(text ?? '');
    return;
  }
  const name = tag.replace(/^.*:/, '');
  if (slash === '/') {
    if (open.length === 1 || current.name !== name) throw malformed();
    open.pop();
    return;
  }
  const element: ReadElement = { name, text: '', children: [] };
  current.children.push(element);
  if (isEmpty === '/') return;
  open.push(element);
  if (open.length > MAX_DEPTH) throw malformed();
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/&([^;&]{0,10});?/g, (reference, name: string) => {
    if (!reference.endsWith(';')) throw malformed();
    const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
    if (number === null) return namedCharacter(name);
    const [, hex, decimal] = number;
    const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw malformed();
    return String.fromCodePoint(code);
  });
}

function namedCharacter(name: string): string {
  const character = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (character === undefined) throw malformed();
  return character;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed();
  }
}

function malformed(): S3Error {
  return new S3Error('MalformedXML');
}
