import { beforeAll, describe, expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { codeOf } from './answers.ts';
import { callApi } from './api-client.ts';
import { inParallel } from './in-parallel.ts';
import { readPage, recordPath, untilListed } from './images-api.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();
const NAMES = ['here/a.bmp', 'here/m ñ.bmp', 'here/z.bmp', 'there/a.bmp', 'there/b.bmp'];
const HERE = `${folder.id}here/`;
const THERE = `${folder.id}there/`;
let cursor = '';

beforeAll(async () => {
  const ids = await inParallel(NAMES, NAMES.length, (name) => folder.put(name, bmp()));
  await untilListed(folder.id, ids);
  cursor = (await readPage({ prefix: HERE, limit: '1' })).next_cursor ?? '';
});

describe('a cursor', () => {
  test('goes on after the page that it came with, as often as it is asked', async () => {
    for (let i = 0; i < 2; i++) {
      const { items } = await readPage({ prefix: HERE, limit: '1', cursor });
      expect(items.map((item) => item.image_id)).toEqual([`${HERE}m ñ.bmp`]);
    }
  });

  test('goes on with another limit', async () => {
    const { items, next_cursor: next } = await readPage({ prefix: HERE, limit: '9', cursor });
    expect(items.map((item) => item.image_id)).toEqual([`${HERE}m ñ.bmp`, `${HERE}z.bmp`]);
    expect(next).toBeNull();
  });

  test('goes on where the image it came after is gone', async () => {
    const prefix = `${folder.id}going/`;
    const ids = [await folder.put('going/a.bmp', bmp()), await folder.put('going/b.bmp', bmp())];
    await untilListed(prefix, ids);
    const { next_cursor: afterFirst } = await readPage({ prefix, limit: '1' });
    await callApi('DELETE', recordPath(`${prefix}a.bmp`));
    const { items } = await readPage({ prefix, cursor: afterFirst ?? '' });
    expect(items.map((item) => item.image_id)).toEqual([`${prefix}b.bmp`]);
  });

  test('can stand in a query without being encoded', () => {
    expect(cursor).toMatch(/^[\w.~-]+$/);
  });
});

describe('400 invalid_request answers', () => {
  test.each([
    ['an empty cursor', () => ''],
    ['a word', () => 'next'],
    ['an id', () => `${HERE}a.bmp`],
    ['bytes that are no UTF-8', () => Buffer.from([0xff, 0xfe, 0x80]).toString('base64url')],
    ['an id in base64', () => Buffer.from(`${HERE}a.bmp`).toString('base64url')],
    ['a cut cursor', () => cursor.slice(0, -4)],
    ['a cursor without its beginning', () => cursor.slice(4)],
    ['a cursor and more', () => `${cursor}AAAA`],
    ['a cursor twice', () => cursor + cursor],
    ['a cursor in quotes', () => `"${cursor}"`],
    ['a cursor in capitals', () => cursor.toUpperCase()],
  ])('%s', async (_, make) => {
    await expectRefused({ prefix: HERE, cursor: make() });
  });

  test('a cursor with any one character changed', async () => {
    // The last one may hold bits that mean nothing.
    const places = Array.from({ length: cursor.length - 1 }, (_, place) => place);
    await inParallel(places, 4, async (place) => {
      const other = cursor[place] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, place) + other + cursor.slice(place + 1);
      await expectRefused({ prefix: HERE, cursor: changed });
    });
    expect(places.length).toBeGreaterThan(10);
  });

  test('a cursor with another prefix, a longer or a shorter one', async () => {
    for (const prefix of [THERE, `${HERE}a`, `${HERE}z`, folder.id, '']) {
      await expectRefused({ prefix, cursor });
    }
    await expectRefused({ cursor });
  });
});

async function expectRefused(query: Record<string, string>): Promise<void> {
  const answer = await callApi('GET', '/metadata', { query });
  expect([query, codeOf(answer)]).toEqual([query, '400 invalid_request']);
}
