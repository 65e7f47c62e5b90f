import { describe, expect, test } from '@jest/globals';
import { bmp, jpeg, png } from '../images.ts';
import { imageIn } from './answers.ts';
import { callApi } from './api-client.ts';
import { inParallel } from './in-parallel.ts';
import { listedIds, readPage, readRecord, recordOf, untilGone, untilListed } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();

describe('a change in the bucket', () => {
  test('that replaces an image updates its record, and keeps created_at', async () => {
    const id = await folder.put('replaced.jpg', await jpeg());
    const first = await recordOf(id);
    await folder.put('replaced.jpg', await png({ width: 30, height: 20 }));
    const second = await recordOf(id, ({ format }) => format === 'png');
    expect(second).toMatchObject({ width: 30, height: 20, created_at: first.created_at });
    expect(second.etag).not.toBe(first.etag);
    expect(second.updated_at > first.updated_at).toBe(true);
  });

  test('that removes an image takes it from the index and the list', async () => {
    const id = await folder.put('gone/a.jpg', await jpeg());
    const other = await folder.put('gone/b.jpg', await jpeg());
    await untilListed(`${folder.id}gone/`, [id, other]);
    await objects.remove(id);
    await untilGone(id);
    expect(await untilListed(`${folder.id}gone/`, [other])).toEqual([other]);
  });

  test('that brings an image back begins a new record', async () => {
    const id = await folder.put('back.jpg', await jpeg());
    const first = await recordOf(id);
    await objects.remove(id);
    await untilGone(id);
    await folder.put('back.jpg', await jpeg());
    expect((await recordOf(id)).created_at > first.created_at).toBe(true);
  });
});

describe('there is no record of', () => {
  test.each([
    ['a folder marker', 'folder/', Buffer.alloc(0)],
    ['a folder marker with bytes', 'full/', bmp()],
  ])('%s', async (_, name, bytes) => {
    const id = await folder.put(name, bytes);
    await recordOf(await folder.put(`${name}marker.jpg`, await jpeg()));
    expect(await readRecord(id)).toBeUndefined();
    expect(await listedIds(id)).toEqual([`${id}marker.jpg`]);
  });

  test.each(['', 'uploads', 'Uploads/'])('an object outside uploads/, under "%s"', async (below) => {
    const key = `${below}${folder.name.replace('/', '-')}outside.jpg`;
    await objects.put(key, await jpeg());
    try {
      await recordOf(await folder.put('after-outside.jpg', await jpeg()));
      expect(await readRecord(key)).toBeUndefined();
      const { items } = await readPage({ prefix: key });
      expect(items).toEqual([]);
    } finally {
      await objects.remove(key);
    }
  });
});

describe('many quick changes', () => {
  const KEYS = Array.from({ length: 12 }, (_, index) => `quick/${index}.bmp`);

  test('of each key end in the state of the last', async () => {
    // Every third one is removed in the end; each put has a width of its own, the last one's is 9.
    const isRemoved = (index: number) => index % 3 === 0;
    await inParallel(KEYS, KEYS.length, async (name, index) => {
      for (let width = 1; width <= 9; width++) {
        if (width % 4 === 0) await objects.remove(folder.id + name);
        await folder.put(name, bmp({ width, height: 1 }));
      }
      if (isRemoved(index)) await objects.remove(folder.id + name);
    });
    const left = KEYS.filter((_, index) => !isRemoved(index)).map((name) => folder.id + name);
    await untilListed(`${folder.id}quick/`, left);
    for (const id of left) expect(await recordOf(id, ({ width }) => width === 9)).toMatchObject({ width: 9 });

    // Whatever was still on its way must not bring an older state back.
    await recordOf(await folder.put('quick-marker.bmp', bmp()));
    expect(await untilListed(`${folder.id}quick/`, left)).toHaveLength(left.length);
    const answers = await inParallel(left, 4, (id) => callApi('GET', `/metadata/${id}`));
    expect(answers.map((answer) => imageIn(answer).width)).toEqual(left.map(() => 9));
    expect(await objects.list(`${folder.id}quick/`)).toEqual([...left].sort());
  });
});
