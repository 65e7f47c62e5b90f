import { access, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type StackProcess, startStackProcess } from '../start-stack.ts';

const isWindows = process.platform === 'win32';

// Several starts of the whole stack, each of which a busy machine may draw out.
jest.setTimeout(240_000);

let folder: string;
let data: string;
let running: StackProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mañana ó nunca '));
  data = join(folder, 'data ñ');
});

afterEach(async () => {
  await running?.kill();
  running = undefined;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('a run of the stack', () => {
  it('says in stack.json what a program needs, and serves all of it', async () => {
    running = await startStackProcess({ data });
    const { stack } = running;
    expect(stack).toEqual({
      api_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/prod$/),
      api_key: expect.stringMatching(/^[0-9a-f]{48}$/),
      s3_endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      dynamodb_endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      bucket: 'images-local',
      table: 'ImageMetadata',
      region: 'us-east-1',
      access_key_id: expect.stringMatching(/^LOCAL[0-9A-F]{15}$/),
      secret_access_key: expect.stringMatching(/^[0-9a-f]{40}$/),
      pid: expect.any(Number),
    });
    const listed = await fetch(`${stack.api_url}/metadata`, { headers: { 'x-api-key': stack.api_key } });
    expect(await listed.json()).toEqual({ items: [], count: 0, next_cursor: null });
    expect((await fetch(`${stack.api_url}/metadata`)).status).toBe(403);
    expect((await fetch(stack.s3_endpoint)).status).toBe(403);
    expect((await fetch(stack.dynamodb_endpoint)).status).toBe(200);
  });

  it('prints what to paste, then a line for each request, and nothing else', async () => {
    running = await startStackProcess({ data });
    const { stack } = running;
    await fetch(`${stack.api_url}/metadata/nope`, { headers: { 'x-api-key': stack.api_key } });
    const output = await outputWith(running, 'image_not_found');
    expect(output).toContain(`curl -H 'x-api-key: ${stack.api_key}' ${stack.api_url}/metadata\n`);
    expect(output).toContain(
      `aws --endpoint-url ${stack.s3_endpoint} s3 cp photo.jpg s3://images-local/uploads/\n`,
    );
    const [, lines = ''] = output.split('/uploads/\n');
    const line = /^\d\d:\d\d:\d\d {2}api +404 +\d+ ms {2}GET \/metadata\/nope {2}image_not_found$/;
    expect(lines.trim()).toMatch(line);
    expect(output).not.toContain('\u001b'); // no colour where it is no terminal
  });

  it('ends on Ctrl-C, takes its stack.json away, and keeps its keys for the next', async () => {
    running = await startStackProcess({ data });
    const first = running.stack;
    // A connection that stays open must not hold it up.
    await fetch(`${first.api_url}/metadata`, {
      headers: { 'x-api-key': first.api_key, connection: 'keep-alive' },
    });
    const code = await running.stop();
    if (!isWindows) {
      expect(code).toBe(0);
      await expect(access(join(data, 'stack.json'))).rejects.toThrow('ENOENT');
    }
    await expect(fetch(first.api_url)).rejects.toThrow();
    running = await startStackProcess({ data });
    expect(running.stack).toMatchObject({
      api_key: first.api_key,
      access_key_id: first.access_key_id,
      secret_access_key: first.secret_access_key,
    });
    if (!isWindows) expect(await modeOf(join(data, 'stack.json'))).toBe(0o600);
  });

  it('is not misled by the stack.json of a stack that was killed', async () => {
    running = await startStackProcess({ data });
    await running.kill();
    const left = await readFile(join(data, 'stack.json'), 'utf8');
    running = await startStackProcess({ data });
    expect(running.stack.pid).not.toBe((JSON.parse(left) as { pid: number }).pid);
    expect((await fetch(running.stack.s3_endpoint)).status).toBe(403);
  });
});

async function outputWith({ output }: StackProcess, text: string): Promise<string> {
  for (let i = 0; i < 400 && !output().includes(text); i++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  return output();
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}
