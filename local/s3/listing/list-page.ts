import type { ObjectBrowser, StoredObject } from '../object-store.ts';

/** A line of a listing: a key, or all the keys that share a prefix up to the delimiter. */
export interface ListedName {
  kind: 'key' | 'prefix';
  name: string;
}

export interface ListQuery {
  prefix: string;
  /** `''` for none. */
  delimiter: string;
  maxKeys: number;
  /** The page begins behind it; the key `''` is the beginning. */
  after: ListedName;
}

export interface ListedPage {
  objects: StoredObject[];
  prefixes: string[];
  /** What the next page begins behind; absent on the last page. */
  next?: ListedName;
}

/** Sorts behind every character that a key may have next. */
const LAST_CHARACTER = '\u{10ffff}';

/**
 * One page of a listing, in the order of the keys' UTF-8 bytes. A page costs what it returns: it starts
 * by seeking, and steps over all keys of a common prefix in one move.
 */
export async function listPage(browser: ObjectBrowser, query: ListQuery): Promise<ListedPage> {
  const page: ListedPage = { objects: [], prefixes: [] };
  if (query.maxKeys === 0) return page;
  let last = query.after;
  let count = 0;
  seekBehind(browser, query, last);
  for (let object = await browser.next(); object !== undefined; object = await browser.next()) {
    const listed = nameOf(object.key, query);
    if (isBehind(object.key, last)) continue;
    if (count === query.maxKeys) return { ...page, next: last };
    count += 1;
    last = listed;
    if (listed.kind === 'key') {
      page.objects.push(object);
    } else {
      page.prefixes.push(listed.name);
      seekBehind(browser, query, listed);
    }
  }
  return page;
}

function nameOf(key: string, { prefix, delimiter }: ListQuery): ListedName {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  if (at === -1) return { kind: 'key', name: key };
  return { kind: 'prefix', name: key.slice(0, at + delimiter.length) };
}

/** Whether the key is what was listed last, or under it. */
function isBehind(key: string, last: ListedName): boolean {
  return last.kind === 'key' ? key === last.name : key.startsWith(last.name);
}

function seekBehind(browser: ObjectBrowser, { prefix }: ListQuery, { kind, name }: ListedName): void {
  const target = kind === 'key' ? name : name + LAST_CHARACTER;
  if (isAfter(target, prefix)) browser.seek(target);
}

/** Compares as LevelDB and S3 do: JavaScript's own `<` orders emoji before some other characters. */
function isAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')) > 0;
}
