import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDataFolder } from './data-folder.ts';
import type { Database } from './database.ts';
import { type StackInfo, writeStackInfo } from './stack-info.ts';

let folder: string;
let data: string;
let db: Database | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datos con acentó '));
  data = join(folder, 'sub', 'data');
});

afterEach(async () => {
  await db?.close();
  db = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function open(reset = false): Promise<Database> {
  db = await openDataFolder(data, reset);
  return db;
}

async function fill(): Promise<void> {
  await (await open()).put('kept', 1);
  await db?.close();
}

describe('the data folder', () => {
  it('is made where it is absent, and keeps what it holds', async () => {
    await fill();
    expect(await (await open()).get('kept')).toBe(1);
  });

  it('is emptied first with reset', async () => {
    await fill();
    await mkdir(join(data, 'objects'));
    await writeFile(join(data, 'objects', 'x'), '');
    expect(await (await open(true)).get('kept')).toBeUndefined();
    expect((await readdir(data)).sort()).toEqual(['.image-metadata-stack', 'db']);
  });

  it('is left alone where another stack has it, and the sentence names that one', async () => {
    await (await open()).put('kept', 1);
    await writeStackInfo(data, { api_url: 'http://127.0.0.1:3000/prod', pid: 4711 } as StackInfo);
    for (const reset of [false, true]) {
      await expect(openDataFolder(data, reset)).rejects.toThrow(
        `A stack runs on ${data} already (http://127.0.0.1:3000/prod, process 4711): use that one, stop it, or`,
      );
    }
    expect(await db?.get('kept')).toBe(1);
  });

  it('is refused where it is a file or lies below one', async () => {
    await writeFile(join(folder, 'file'), 'mine');
    for (data of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      await expect(open()).rejects.toThrow(
        `${data} is a file, or lies below one: choose a folder with --data.`,
      );
    }
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  (process.platform === 'linux' ? it : it.skip)('is refused where no folder can be made', async () => {
    for (data of ['/proc/absent', '/proc/absent/below'])
      await expect(open()).rejects.toThrow(
        `${data} can't be used (ENOENT: no such file or directory, mkdir '/proc/absent'): choose another folder with`,
      );
  });

  it("is refused, with and without reset, where it holds somebody's files", async () => {
    await mkdir(join(data, 'objects'), { recursive: true });
    await writeFile(join(data, 'objects', 'photo.jpg'), 'mine');
    await expect(open()).rejects.toThrow(
      `${data} holds other files: choose an empty folder, or a new one, with --data.`,
    );
    await expect(open(true)).rejects.toThrow('holds other files');
    expect(await readFile(join(data, 'objects', 'photo.jpg'), 'utf8')).toBe('mine');
  });

  it("keeps on reset what is not the stack's own", async () => {
    await fill();
    await writeFile(join(data, 'notes.txt'), 'mine');
    await open(true);
    expect((await readdir(data)).sort()).toEqual(['.image-metadata-stack', 'db', 'notes.txt']);
  });

  it("is refused where somebody's folders have the names of ours", async () => {
    for (const name of ['db', 'objects', 'logs']) await mkdir(join(data, name), { recursive: true });
    await writeFile(join(data, 'logs', 'mine.txt'), 'mine');
    for (const reset of [false, true])
      await expect(openDataFolder(data, reset)).rejects.toThrow('holds other files');
    expect(await readFile(join(data, 'logs', 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('says so where its database is damaged, and reset mends it', async () => {
    await fill();
    await writeFile(join(data, 'db', 'CURRENT'), 'MANIFEST-999999\n');
    await expect(open()).rejects.toThrow(/^The data in .* is damaged: start with --reset to begin anew, or/);
    expect(await (await open(true)).get('kept')).toBeUndefined();
  });
});
