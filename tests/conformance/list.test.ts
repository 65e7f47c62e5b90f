import { beforeAll, describe, expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { callApi } from './api-client.ts';
import { inParallel } from './in-parallel.ts';
import { listedIds, readPage, readPages, recordOf, untilListed } from './images-api.ts';
import { ownFolder } from './own-folder.ts';

// Its ids are among the first of any index, so that a listing of all begins near them.
const folder = ownFolder({ below: '!' });
const NAMES = ['cats/1.bmp', 'cats/2.bmp', 'cats.bmp', 'Cats/1.bmp', 'dogs/1.bmp', '100%_*.bmp'];

beforeAll(async () => {
  const ids = await inParallel(NAMES, NAMES.length, (name) => folder.put(name, bmp()));
  await untilListed(folder.id, ids);
});

describe('prefix', () => {
  test.each([
    ['cats/', ['cats/1.bmp', 'cats/2.bmp']],
    ['cats', ['cats.bmp', 'cats/1.bmp', 'cats/2.bmp']],
    ['cats/2.bmp', ['cats/2.bmp']],
    ['Cats', ['Cats/1.bmp']],
    ['100%_*', ['100%_*.bmp']],
    ['1', ['100%_*.bmp']],
    // No wildcards, no folders, no case: just the beginning of the id.
    ['%', []],
    ['*', []],
    ['c_ts', []],
    ['CATS', []],
    ['/cats', []],
    ['cats/2.bmp/', []],
  ])('%s means the ids that begin so, with and without the image prefix', async (prefix, names) => {
    const ids = names.map((name) => folder.id + name);
    expect(await listedIds(folder.id + prefix)).toEqual(ids);
    expect(await listedIds(folder.name + prefix)).toEqual(ids);
  });

  test.each(['', 'u', 'upl', 'uploads', 'uploads/'])('"%s" means all', async (prefix) => {
    const { items } = await readPage({ prefix, limit: '1000' });
    const ids = items.map((item) => item.image_id);
    expect(ids).toEqual(expect.arrayContaining(NAMES.map((name) => folder.id + name)));
  });

  test('is none at all by default: all', async () => {
    const { items } = await readPage({ limit: '1000' });
    expect(items.map((item) => item.image_id)).toContain(`${folder.id}cats.bmp`);
  });

  test.each([
    ['a byte that is no UTF-8', '%ff'],
    ['a percent sign alone', '%'],
    ['a broken escape', '%E0%A4%A'],
    ['a zero', '%00'],
    ['1,024 characters of two bytes', encodeURIComponent('ñ'.repeat(1024))],
  ])('of %s finds nothing, and breaks nothing', async (_, prefix) => {
    const answer = await callApi('GET', '/metadata', { query: `prefix=${prefix}`, raw: true });
    expect([200, 400]).toContain(answer.status);
    expect(answer.text).not.toContain('cats');
  });

  test('without an image answers an empty page', async () => {
    expect(await readPage({ prefix: `${folder.id}nothing/` })).toEqual({
      items: [],
      count: 0,
      next_cursor: null,
    });
  });
});

describe('a listing', () => {
  test('has the records that the images have when read one by one', async () => {
    const { items } = await readPage({ prefix: folder.id });
    const records = await Promise.all(items.map((item) => recordOf(item.image_id)));
    expect(records).toHaveLength(NAMES.length);
    expect(items).toEqual(records);
  });

  test('counts its items, and holds no more than its limit', async () => {
    const pages = await readPages(folder.id, 2);
    expect(pages.flatMap(({ items }) => items)).toHaveLength(NAMES.length);
    for (const { items, count } of pages) {
      expect(count).toBe(items.length);
      expect(count).toBeLessThanOrEqual(2);
    }
  });

  test('is in the order of the bytes of the ids, whatever the script', async () => {
    // UTF-16 would have the emoji before the last three.
    const names = [
      '!',
      '-',
      '/a',
      '0',
      'A',
      'Z',
      '_',
      'a',
      'z',
      '~',
      'é',
      'я',
      '写',
      '\uff5e',
      '\ufffd',
      '😀',
    ];
    const ids = await inParallel([...names].reverse(), names.length, (name) =>
      folder.put(`order/${name}`, bmp()),
    );
    await untilListed(`${folder.id}order/`, ids);
    const sorted = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await listedIds(`${folder.id}order/`)).toEqual(sorted);
    const pages = await readPages(`${folder.id}order/`, 3);
    expect(pages.flatMap(({ items }) => items.map((item) => item.image_id))).toEqual(sorted);
  });
});
