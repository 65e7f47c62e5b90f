import { expect, test } from '@jest/globals';
import { bmp } from '../images.ts';
import { eventually } from './eventually.ts';
import { inParallel } from './in-parallel.ts';
import { readPages, recordOf, upload } from './images-api.ts';
import { objects } from './object-driver.ts';
import { ownFolder } from './own-folder.ts';

const folder = ownFolder();
const KEYS = Array.from({ length: 4 }, (_, index) => `raced/${index}.bmp`);
const ROUNDS = Array.from({ length: 4 }, (_, index) => index);
const UPLOADS = 6;

// No two writers make the same image, so its width says whose it is.
let width = 0;
const nextImage = () => bmp({ width: ++width, height: 1 });

test.each(ROUNDS)('the index ends as the bucket, whoever wrote last (%i)', async (round) => {
  await Promise.all(KEYS.map((name) => race(name, round)));
  const inBucket = await widthsInBucket();
  await eventually('an index as the bucket', async () =>
    same(await widthsInIndex(), inBucket) ? true : undefined,
  );

  // Whatever was still on its way must not bring an older state back.
  for (const name of KEYS) await recordOf(await folder.put(`marker ${round} ${name}`, bmp()));
  expect(await widthsInIndex()).toEqual(inBucket);
});

/** Uploads to one key while others put it and remove it without a pause. */
async function race(name: string, round: number): Promise<void> {
  let isUploading = true;
  const rivals = [
    () => folder.put(name, nextImage()),
    () => folder.put(name, nextImage()),
    // In every other round the object may be gone in the end.
    () => (round % 2 === 0 ? objects.remove(folder.id + name) : folder.put(name, nextImage())),
  ].map(async (write) => {
    while (isUploading) await write();
  });
  for (let i = 0; i < UPLOADS; i++) await upload(folder.name + name, nextImage(), { overwrite: i > 0 });
  isUploading = false;
  await Promise.all(rivals);
}

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
