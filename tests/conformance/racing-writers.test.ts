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

// No two writes make the same image, so its width says which one it was.
let width = 0;
const nextImage = () => bmp({ width: ++width, height: 1 });

const put = (name: string) => folder.put(name, nextImage());
const remove = (name: string) => objects.remove(folder.id + name);
const replace = (name: string) => upload(folder.name + name, nextImage(), { overwrite: true });

test.each(ROUNDS)('the index ends as the bucket after many writes at once (%i)', async (round) => {
  const writers = [put, replace, remove, put, replace, put, remove, replace];
  await inParallel(KEYS, KEYS.length, async (name, index) => {
    // Each key has another one begin.
    const rotated = writers.map((_, place) => writers[(place + index + round) % writers.length] ?? put);
    await Promise.all(rotated.map((write) => write(name)));
  });
  await expectIndexAsBucket();
});

test.each(ROUNDS)(
  'the index ends as the bucket after uploads among puts without a pause (%i)',
  async (round) => {
    // In every other round the object may be gone in the end.
    const rivals = round % 2 === 0 ? [put, put] : [put, remove];
    await inParallel(KEYS.slice(0, 2), 2, async (name) => {
      let isUploading = true;
      const rivalry = rivals.map(async (write) => {
        while (isUploading) await write(name);
      });
      for (let i = 0; i < 8; i++) await replace(name);
      isUploading = false;
      await Promise.all(rivalry);
    });
    await expectIndexAsBucket();
  },
);

async function expectIndexAsBucket(): Promise<void> {
  const inBucket = await widthsInBucket();
  await eventually('an index as the bucket', async () =>
    same(await widthsInIndex(), inBucket) ? true : undefined,
  );
  // Whatever was still on its way must not bring an older state back.
  for (const name of KEYS) await recordOf(await folder.put(`marker ${width} ${name}`, bmp()));
  expect(await widthsInIndex()).toEqual(inBucket);
}

/** The width of each image, by its id. */
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
