import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BodyFiles } from './body-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bodies ñ '));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function filesIn(...path: string[]): Promise<string[]> {
  const entries = await readdir(join(folder, ...path), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

async function read(files: BodyFiles, name: string): Promise<string> {
  const handle = await files.read(name);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function place(files: BodyFiles, objectName: string, text: string): Promise<string> {
  const body = await files.create();
  await body.write(Buffer.from(text));
  return body.place(objectName);
}

describe('a body', () => {
  test('lies in tmp until it is placed, with all that was written', async () => {
    const files = await BodyFiles.open(folder);
    const body = await files.create();
    for (const text of ['a', 'bc', 'def']) await body.write(Buffer.from(text));
    expect(await filesIn('tmp')).toHaveLength(1);
    const name = await body.place('images/uploads/x');
    expect(await filesIn('tmp')).toEqual([]);
    expect(await read(files, name)).toBe('abcdef');
  });

  test('is named by a hash, whatever its object is called', async () => {
    const files = await BodyFiles.open(folder);
    for (const objectName of [
      'images/CON',
      'images/a/../b',
      `images/${'x'.repeat(1024)}`,
      'images/a:b?*',
      'images/ñ',
    ]) {
      expect(await place(files, objectName, 'x')).toMatch(/^([0-9a-f]{2})\/\1[0-9a-f]{62}-[0-9a-z]+$/);
    }
  });

  test('of one object never takes the name of another body of it', async () => {
    const files = await BodyFiles.open(folder);
    const names = await Promise.all(['1', '2', '3'].map((text) => place(files, 'images/x', text)));
    expect(new Set(names).size).toBe(3);
    expect(await Promise.all(names.map((name) => read(files, name)))).toEqual(['1', '2', '3']);
  });

  test.each([false, true])(
    'is gone when it is discarded (placed: %s), and twice is no error',
    async (isPlaced) => {
      const files = await BodyFiles.open(folder);
      const body = await files.create();
      await body.write(Buffer.from('x'));
      if (isPlaced) await body.place('images/x');
      await body.discard();
      await body.discard();
      expect(await filesIn()).toEqual([]);
    },
  );

  test('stays readable for who opened it before it was removed', async () => {
    const files = await BodyFiles.open(folder);
    const name = await place(files, 'images/x', 'still here');
    const handle = await files.read(name);
    await files.remove(name);
    expect(await handle.readFile('utf8')).toBe('still here');
    await handle.close();
    await expect(files.read(name)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('after a crash', () => {
  test('what was still arriving is cleared at once', async () => {
    await mkdir(join(folder, 'tmp'), { recursive: true });
    await writeFile(join(folder, 'tmp', 'half an upload'), 'x');
    await BodyFiles.open(folder);
    expect(await filesIn('tmp')).toEqual([]);
  });

  test('the sweep removes bodies that no object refers to, and no others', async () => {
    const before = await BodyFiles.open(folder);
    const names = await Promise.all(['a', 'b', 'c', 'd'].map((key) => place(before, `images/${key}`, key)));
    const [kept = '', alsoKept = ''] = names;
    const after = await BodyFiles.open(folder);
    await after.sweep(async (file) => [kept, alsoKept].includes(file), new AbortController().signal);
    expect((await filesIn()).sort()).toEqual([kept, alsoKept].map((name) => name.slice(3)).sort());
  });

  test('the sweep leaves alone what this run has written, referred to or not', async () => {
    const files = await BodyFiles.open(folder);
    const name = await place(files, 'images/x', 'on its way into the database');
    await files.sweep(async () => false, new AbortController().signal);
    expect(await read(files, name)).toBe('on its way into the database');
  });

  test('the sweep ends when it is told to', async () => {
    const before = await BodyFiles.open(folder);
    await Promise.all(['a', 'b', 'c'].map((key) => place(before, `images/${key}`, key)));
    const stop = new AbortController();
    stop.abort();
    await (await BodyFiles.open(folder)).sweep(async () => false, stop.signal);
    expect(await filesIn()).toHaveLength(3);
  });
});
