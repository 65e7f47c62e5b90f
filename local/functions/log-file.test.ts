import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogFile } from './log-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registro '));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a log file', () => {
  it('goes on where an earlier run ended, and keeps one file beside it when it is full', async () => {
    const path = join(folder, 'fake.log');
    for (const text of ['one\n', 'two\n']) {
      const log = new LogFile(path, 10);
      log.write(text);
      log.close();
    }
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
    const log = new LogFile(path, 10);
    for (const text of ['three\n', 'four\n', 'five\n', 'six\n', 'end\n']) log.write(text);
    log.close();
    expect(await readFile(path, 'utf8')).toBe('end\n');
    expect(await readFile(`${path}.1`, 'utf8')).toBe('four\nfive\nsix\n');
    expect((await readdir(folder)).sort()).toEqual(['fake.log', 'fake.log.1']);
  });

  it('loses its lines, and nothing else, where it cannot be written', () => {
    const log = new LogFile(join(folder, 'absent', 'fake.log'));
    log.write('one\n');
    log.close();
  });
});
