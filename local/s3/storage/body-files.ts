import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, opendir, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { retryBusyFile } from '../../retry-busy-file.ts';
import { failureCode } from '../../stack-error.ts';

const TMP = 'tmp';

/** A body on its way in. It lies in `tmp/` until it is placed, and is gone when it is discarded. */
export interface IncomingBody {
  /** Answers when the bytes before these are written; a failure comes with the next call. */
  write(bytes: Uint8Array): Promise<void>;
  /** Moves it to where the objects are; answers its name there. No write may follow. */
  place(objectName: string): Promise<string>;
  /** Takes it away, wherever it got to; does nothing twice. */
  discard(): Promise<void>;
}

/**
 * The bodies of objects on disk: `{folder}/{2 hex}/{sha-256 of the object's name}-{suffix}`. A key is
 * never a file's name: Windows reserves some, folds their case and counts 260 characters. The suffix
 * is new for each body, so nothing is ever overwritten and readers keep what they opened.
 */
export class BodyFiles {
  readonly #folder: string;
  /** In every name of this run, so that a sweep leaves its files alone. */
  readonly #run = randomBytes(6).toString('hex');
  #count = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder and clears what uploads left that were cut off by a crash. */
  static async open(folder: string): Promise<BodyFiles> {
    await mkdir(join(folder, TMP), { recursive: true });
    for (const name of await readdir(join(folder, TMP))) await removeFile(join(folder, TMP, name));
    return new BodyFiles(folder);
  }

  async create(): Promise<IncomingBody> {
    const name = this.#newName();
    const tmp = join(this.#folder, TMP, name);
    const handle = await open(tmp, 'wx');
    let path = tmp;
    let isOpen = true;
    // One write is under way while the next bytes come in and are hashed: twice as fast, and no more memory.
    let writing = Promise.resolve();
    const close = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await writing.finally(() => handle.close());
    };
    return {
      write: async (bytes) => {
        await writing;
        writing = writeAll(handle, bytes);
        writing.catch(() => undefined);
      },
      place: async (objectName) => {
        await close();
        const file = bodyName(objectName, name);
        await this.#move(tmp, file);
        path = this.#path(file);
        return file;
      },
      discard: async () => {
        await close().catch(() => undefined);
        await removeFile(path);
      },
    };
  }

  /** Throws ENOENT when the body was replaced or removed meanwhile. */
  async read(file: string): Promise<FileHandle> {
    return open(this.#path(file), 'r');
  }

  /** A body that is gone already is no error. */
  async remove(file: string): Promise<void> {
    await removeFile(this.#path(file));
  }

  /**
   * Removes the bodies of earlier runs that no object refers to, as a crash between two steps leaves
   * them. Looks at one file at a time, beside whatever else goes on, until `stop` is aborted.
   */
  async sweep(isReferenced: (file: string) => Promise<boolean>, stop: AbortSignal): Promise<void> {
    for (const folder of await readdir(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for await (const entry of await opendir(join(this.#folder, folder))) {
        if (stop.aborted) return;
        const file = `${folder}/${entry.name}`;
        if (entry.name.includes(`-${this.#run}`) || (await isReferenced(file))) continue;
        await this.remove(file);
      }
    }
  }

  async #move(from: string, file: string): Promise<void> {
    const to = this.#path(file);
    try {
      await retryBusyFile(() => rename(from, to));
    } catch (error) {
      if (failureCode(error) !== 'ENOENT') throw error;
      await mkdir(join(to, '..'), { recursive: true });
      await retryBusyFile(() => rename(from, to));
    }
  }

  #path(file: string): string {
    return join(this.#folder, ...file.split('/'));
  }

  #newName(): string {
    this.#count += 1;
    return `${this.#run}${this.#count.toString(36)}`;
  }
}

/** `ab/ab…-suffix`, with `/` on every system, as it is kept in the database. */
function bodyName(objectName: string, suffix: string): string {
  const hash = createHash('sha256').update(objectName).digest('hex');
  return `${hash.slice(0, 2)}/${hash}-${suffix}`;
}

/** A write may take less than it was given, on a disk that is getting full. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await retryBusyFile(() => unlink(path));
  } catch (error) {
    if (failureCode(error) !== 'ENOENT') throw error;
  }
}
