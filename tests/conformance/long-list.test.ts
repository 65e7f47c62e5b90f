import { beforeAll, expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { inParallel } from './in-parallel.ts';
import { readPage, readPages, untilListed } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();
const COUNT = 2_500;
const LANES = 16;
const SETUP_MS = 300_000;

const NAMES = Array.from({ length: COUNT }, (_, index) => `${String(index).padStart(4, '0')}.bmp`);
const IDS = NAMES.map((name) => folder.id + name);

beforeAll(async () => {
  await inParallel(NAMES, LANES, (name) => folder.put(name, bmp({ width: 1, height: 1 })));
  await untilListed(folder.id, IDS);
}, SETUP_MS);

test('a page has at most 100 images by default', async () => {
  const { items, count, next_cursor: next } = await readPage({ prefix: folder.id });
  expect(items.map((item) => item.image_id)).toEqual(IDS.slice(0, count));
  expect(count).toBeLessThanOrEqual(100);
  expect(next).not.toBeNull();
});

test.each([1000, 333, 100, 37])(
  `${COUNT} images are listed by pages of %i without gap or repeat while others are written`,
  async (limit) => {
    const stop = new AbortController();
    const writing = keepWriting(limit, stop.signal);
    const pages = await readPages(folder.id, limit);
    stop.abort();
    const written = await writing;

    const listed = pages.flatMap(({ items }) => items.map((item) => item.image_id));
    const originals = new Set(IDS);
    expect(listed.filter((id) => originals.has(id))).toEqual(IDS);
    expect(listed).toEqual([...new Set(listed)].sort());
    expect(Math.max(...pages.map(({ items }) => items.length))).toBeLessThanOrEqual(limit);
    expect(written).toBeGreaterThan(0);
  },
);

/** Puts new images between the others, replaces some of the others and removes new ones again, until told to stop. */
async function keepWriting(limit: number, signal: AbortSignal): Promise<number> {
  let written = 0;
  for (let place = 0; !signal.aborted; place = (place + 97) % COUNT) {
    const between = `${String(place).padStart(4, '0')}-${limit}-${written}.bmp`;
    await folder.put(between, bmp({ width: 2, height: 1 }));
    await folder.put(NAMES[place] ?? '', bmp({ width: 3, height: 1 }));
    if (written % 3 === 0) await objects.remove(folder.id + between);
    written++;
  }
  return written;
}
