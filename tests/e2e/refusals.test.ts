import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type StackProcess, runStackCommand, startStackProcess } from '../start-stack.ts';

// Several starts of the whole stack, each of which a busy machine may draw out.
jest.setTimeout(240_000);

let folder: string;
let data: string;
let running: StackProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'año nuevo '));
  data = join(folder, 'data ñ');
});

afterEach(async () => {
  await running?.kill();
  running = undefined;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** It ends with code 1 and one sentence, which is the last thing that it prints. */
async function expectRefusal(args: string[], sentence: string | RegExp, at = data): Promise<void> {
  const { code, output } = await runStackCommand({ data: at, args });
  expect(output.trim().split('\n').at(-1)).toMatch(sentence);
  expect(output).not.toMatch(/^\s+at /m); // no stack trace
  expect(code).toBe(1);
}

async function expectAlive(): Promise<void> {
  const { api_url, api_key } = running?.stack ?? { api_url: '', api_key: '' };
  expect((await fetch(`${api_url}/metadata`, { headers: { 'x-api-key': api_key } })).status).toBe(200);
}

describe('a stack that cannot start', () => {
  it('says which one has the same data, and leaves that one alone, with --reset too', async () => {
    running = await startStackProcess({ data });
    const { api_url, pid } = running.stack;
    const sentence = `A stack runs on ${data} already (${api_url}, process ${pid}): use that one, stop it, or`;
    await expectRefusal([], sentence);
    await expectRefusal(['--reset'], sentence);
    await expectAlive();
    expect(JSON.parse(await readFile(join(data, 'stack.json'), 'utf8'))).toMatchObject({ pid });
  });

  it('says which port is busy, for each of the three', async () => {
    running = await startStackProcess({ data });
    const busy = Number(new URL(running.stack.api_url).port);
    const other = join(folder, 'other');
    for (const [offset, name] of [
      [0, 'the API'],
      [1, 'S3'],
      [2, 'DynamoDB'],
    ] as const) {
      const sentence = `Port ${busy}, which ${name} needs, is in use: stop what uses it, or choose others with --port`;
      await expectRefusal(['--port', String(busy - offset)], sentence, other);
    }
    await expectAlive();
  });

  it('says so where its folder is a file', async () => {
    await writeFile(data, 'mine');
    await expectRefusal([], `${data} is a file, or lies below one: choose a folder with --data.`);
    await expectRefusal(['--reset'], `${data} is a file`);
    expect(await readFile(data, 'utf8')).toBe('mine');
  });

  (process.platform === 'linux' ? it : it.skip)('says so where no folder can be made', async () => {
    await expectRefusal([], "/proc/absent can't be used (ENOENT: no such file or directory", '/proc/absent');
  });

  it("says so where its folder holds somebody's files", async () => {
    await mkdir(data);
    await writeFile(join(data, 'thesis.doc'), 'mine');
    await expectRefusal(
      ['--reset'],
      `${data} holds other files: choose an empty folder, or a new one, with --data.`,
    );
    expect(await readFile(join(data, 'thesis.doc'), 'utf8')).toBe('mine');
  });

  it('says what its options are', async () => {
    await expectRefusal(['--prot'], "Unknown option '--prot': the options are --port NUMBER, --data FOLDER");
    await expectRefusal(['--port', 'http'], '--port takes a number from 0 to 65533');
  });
});
