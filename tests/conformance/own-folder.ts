import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { inParallel } from './in-parallel.ts';
import { objects } from './object-driver.ts';

/** The prefix of every image's id; an object outside it is none of the index's business. */
export const IMAGE_PREFIX = 'uploads/';

export interface Folder {
  /** Of the ids of a test file's images, `uploads/…/`; and of their names, without the image prefix. */
  id: string;
  name: string;
  /** Puts an image straight into the bucket and answers its id. */
  put(name: string, bytes: Uint8Array, options?: { contentType?: string }): Promise<string>;
}

const LANES = 16;

/** A folder that no other test uses, and that the end of the test file empties. */
export function ownFolder({ below = '' } = {}): Folder {
  const name = `${below}conformance-${randomUUID().slice(0, 8)}/`;
  const id = IMAGE_PREFIX + name;
  afterAll(async () => {
    await inParallel(await objects.list(id), LANES, (key) => objects.remove(key));
  });
  return {
    id,
    name,
    async put(imageName, bytes, options) {
      await objects.put(id + imageName, bytes, options);
      return id + imageName;
    },
  };
}
