import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openStoreForTests, type StoreForTests } from '../s3-for-tests.ts';
import { listPage, type ListedName, type ListedPage, type ListQuery } from './list-page.ts';
import { readToken, writeToken } from './list-token.ts';

const ORIGIN = { requestId: '', hostId: '', sourceIp: '' };

let room: StoreForTests;

beforeAll(async () => {
  room = await openStoreForTests();
});

afterAll(() => room.stop());

beforeEach(clear);

async function clear(): Promise<void> {
  const browser = room.store.browse('images', '');
  for (let object = await browser.next(); object; object = await browser.next()) {
    await room.store.remove({ bucket: 'images', key: object.key }, ORIGIN);
  }
  await browser.close();
}

async function fill(keys: string[]): Promise<void> {
  for (const key of keys) {
    const body = await room.store.createBody();
    await room.store.put({ bucket: 'images', key }, { body, size: 0, eTag: '', headers: {} }, ORIGIN);
  }
}

async function page(query: Partial<ListQuery>): Promise<ListedPage & { steps: number }> {
  const asked: ListQuery = {
    prefix: '',
    delimiter: '',
    maxKeys: 1000,
    after: { kind: 'key', name: '' },
    ...query,
  };
  const browser = room.store.browse('images', asked.prefix);
  let steps = 0;
  const counted = {
    ...browser,
    next: () => {
      steps += 1;
      return browser.next();
    },
  };
  try {
    return { ...(await listPage(counted, asked)), steps };
  } finally {
    await browser.close();
  }
}

function names({ objects, prefixes }: ListedPage): string[] {
  return [...objects.map(({ key }) => key), ...prefixes];
}

/** All pages of a listing, each token read back as a client would send it. */
async function everyPage(query: Partial<ListQuery>): Promise<ListedPage[]> {
  const pages: ListedPage[] = [];
  for (let after: ListedName | undefined = query.after ?? { kind: 'key', name: '' }; after !== undefined;) {
    const next: ListedPage = await page({ ...query, after });
    pages.push(next);
    after = next.next && readToken(writeToken(next.next));
  }
  return pages;
}

/** What a listing must say, worked out from the definition alone. */
function expected(keys: string[], prefix: string, delimiter: string): string[] {
  const listed = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return at === -1 ? key : key.slice(0, at + delimiter.length);
    });
  return [...new Set(listed)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

describe('a page', () => {
  test('has keys in the order of their UTF-8 bytes, where JavaScript has another', async () => {
    const keys = ['🦊', '\uffee', 'z', 'ñ', 'a//b', 'a/b', '%2F', '.x', '~'];
    await fill(keys);
    const listed = names(await page({}));
    expect(listed).toEqual(['%2F', '.x', 'a//b', 'a/b', 'z', '~', 'ñ', '\uffee', '🦊']);
    expect(listed).not.toEqual([...keys].sort());
  });

  test('rolls keys up to the delimiter behind the prefix', async () => {
    await fill(['a', 'p/a', 'p/b/1', 'p/b/2', 'p/c', 'p//x', 'q/z']);
    const { objects, prefixes } = await page({ prefix: 'p/', delimiter: '/' });
    expect(objects.map(({ key }) => key)).toEqual(['p/a', 'p/c']);
    expect(prefixes).toEqual(['p//', 'p/b/']);
  });

  test('takes a delimiter of several characters', async () => {
    await fill(['a--b', 'a--c', 'a-b']);
    expect(names(await page({ delimiter: '--' }))).toEqual(['a-b', 'a--']);
  });

  test('counts a common prefix as one name', async () => {
    await fill(['a/1', 'a/2', 'b', 'c/1']);
    const first = await page({ delimiter: '/', maxKeys: 2 });
    expect(names(first)).toEqual(['b', 'a/']);
    expect(names(await page({ delimiter: '/', maxKeys: 2, after: first.next }))).toEqual(['c/']);
  });

  test('starts behind a key that is not there, and after one that is', async () => {
    await fill(['a', 'b', 'd']);
    expect(names(await page({ after: { kind: 'key', name: 'b' } }))).toEqual(['d']);
    expect(names(await page({ after: { kind: 'key', name: 'c' } }))).toEqual(['d']);
    expect(names(await page({ after: { kind: 'key', name: 'e' } }))).toEqual([]);
  });

  test('starts behind a key that lies behind the whole prefix, in the order of bytes', async () => {
    await fill(['\uffee 1', '\uffee 2', '🦊']);
    expect(names(await page({ prefix: '\uffee', after: { kind: 'key', name: '🦊' } }))).toEqual([]);
    expect(names(await page({ prefix: '🦊', after: { kind: 'key', name: '\uffee 1' } }))).toEqual(['🦊']);
  });

  test('shows a common prefix that a chosen start lies in', async () => {
    await fill(['a/1', 'a/2', 'b']);
    expect(names(await page({ delimiter: '/', after: { kind: 'key', name: 'a/1' } }))).toEqual(['b', 'a/']);
  });

  test('that ends with the last key has no next', async () => {
    await fill(['a', 'b']);
    expect((await page({ maxKeys: 2 })).next).toBeUndefined();
    expect((await page({ maxKeys: 1 })).next).toEqual({ kind: 'key', name: 'a' });
  });

  test('of no keys is empty and the last', async () => {
    await fill(['a']);
    expect(await page({ maxKeys: 0 })).toMatchObject({ objects: [], prefixes: [] });
    expect((await page({ maxKeys: 0 })).next).toBeUndefined();
  });

  test('steps over a common prefix in one move', async () => {
    await fill([...Array.from({ length: 60 }, (_, index) => `a/${index}`), 'b/1', 'c']);
    const { steps, ...listed } = await page({ delimiter: '/' });
    expect(names(listed)).toEqual(['c', 'a/', 'b/']);
    expect(steps).toBeLessThanOrEqual(4);
  });
});

test('pages joined are the whole listing, without gap or repeat, whatever the keys', async () => {
  const part = fc.constantFrom(
    'a',
    'b',
    '/',
    '//',
    'ñ',
    '🦊',
    '\uffee',
    '\u{10ffff}',
    '%',
    '+',
    '.',
    ' ',
    '\0',
  );
  const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
    fc.array(part, { minLength, maxLength }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(text(1, 5), { minLength: 1, maxLength: 14 }),
      text(0, 2),
      fc.constantFrom('', '/', 'a', '🦊', '\u{10ffff}'),
      fc.integer({ min: 1, max: 4 }),
      async (keys, prefix, delimiter, maxKeys) => {
        await clear();
        await fill(keys);
        const pages = await everyPage({ prefix, delimiter, maxKeys });
        const sorted = pages.flatMap((one) =>
          names(one).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
        );
        expect(sorted).toEqual(expected(keys, prefix, delimiter));
        for (const one of pages.slice(0, -1)) expect(names(one)).toHaveLength(maxKeys);
      },
    ),
    { numRuns: 60 },
  );
});

describe('a token', () => {
  test.each([
    ['key', 'uploads/ñ 🦊'],
    ['prefix', 'a/'],
    ['key', ''],
  ] as const)('brings a %s back', (kind, name) => {
    expect(readToken(writeToken({ kind, name }))).toEqual({ kind, name });
  });

  test('tells nothing in plain text', () => {
    expect(writeToken({ kind: 'key', name: 'uploads/a' })).not.toContain('uploads');
  });

  test('that was altered or made up is refused', () => {
    const token = writeToken({ kind: 'key', name: 'uploads/a.jpg' });
    const altered = Array.from(
      { length: token.length },
      (_, at) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1),
    );
    for (const text of [...altered, '', 'AAAA', 'not a token', token.slice(1), `${token}AAAA`]) {
      expect(() => readToken(text)).toThrow('The continuation token provided is incorrect');
    }
  });
});
