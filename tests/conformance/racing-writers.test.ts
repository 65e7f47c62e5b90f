import { expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { eventually } from './eventually.ts';
import { inParallel } from './in-parallel.ts';
import { readPages, recordOf, upload } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();
const KEYS = Array.from({ length: 8 }, (_, index) => `raced/${index}.bmp`);
const ROUNDS = Array.from({ length: 3 }, (_, index) => index);

// All at once on one key; no two of them make the same image.
const WRITERS: readonly ((name: string) => Promise<unknown>)[] = [
  (name) => folder.put(name, bmp({ width: 1, height: 1 })),
  (name) => upload(folder.name + name, bmp({ width: 2, height: 1 }), { overwrite: true }),
  (name) => objects.remove(folder.id + name),
  (name) => upload(folder.name + name, bmp({ width: 3, height: 1 })),
  (name) => upload(folder.name + name, bmp({ width: 4, height: 1 }), { overwrite: true }),
  (name) => folder.put(name, bmp({ width: 5, height: 1 })),
  (name) => objects.remove(folder.id + name),
  (name) => upload(folder.name + name, bmp({ width: 6, height: 1 }), { overwrite: true }),
];

test.each(ROUNDS)('the index ends as the bucket, whoever wrote last (%i)', async (round) => {
  await inParallel(KEYS, KEYS.length, async (name, index) => {
    // Each key has another one begin.
    const writers = WRITERS.map((_, place) => WRITERS[(place + index + round) % WRITERS.length]);
    await Promise.all(writers.map(async (write) => write?.(name)));
  });
  const inBucket = await widthsInBucket();
  await eventually('an index as the bucket', async () =>
    same(await widthsInIndex(), inBucket) ? true : undefined,
  );

  // Whatever was still on its way must not bring an older state back.
  for (const name of KEYS) await recordOf(await folder.put(`marker ${round} ${name}`, bmp()));
  expect(await widthsInIndex()).toEqual(inBucket);
});

/** The width of each image, by its id: it says which of the writers made it. */
async function widthsInBucket(): Promise<Record<string, number | undefined>> {
  const keys = await objects.list(`${folder.id}raced/`);
  const widths = await inParallel(keys, 8, async (key) => (await objects.get(key))?.readInt32LE(18));
  return Object.fromEntries(keys.map((key, index) => [key, widths[index]]));
}

async function widthsInIndex(): Promise<Record<string, number | undefined>> {
  const pages = await readPages(`${folder.id}raced/`, 100);
  return Object.fromEntries(pages.flatMap(({ items }) => items.map((item) => [item.image_id, item.width])));
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
