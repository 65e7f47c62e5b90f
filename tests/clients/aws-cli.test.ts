import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pythonClients, type PythonClients } from './python-clients.ts';
import { runTool, type ToolRun } from './run-tool.ts';
import {
  clientEnvironment,
  newPrefix,
  ODD_NAMES,
  stackUnderTest,
  type StackUnderTest,
} from './stack-under-test.ts';

const CONFIG = `[default]
s3 =
  addressing_style = path
  signature_version = s3v4
`;
const INSTALL_MS = 300_000;

let stack: StackUnderTest;
let clients: PythonClients;
let folder: string;
const prefix = newPrefix();

beforeAll(async () => {
  stack = await stackUnderTest();
  clients = await pythonClients();
  folder = await mkdtemp(join(tmpdir(), 'aws cli ñ '));
  await writeFile(join(folder, 'config'), CONFIG);
}, INSTALL_MS);

afterAll(async () => {
  await aws('s3', 'rm', '--recursive', `s3://${stack.bucket}/${prefix}`);
  await rm(folder, { recursive: true, force: true });
});

async function aws(...args: string[]): Promise<ToolRun> {
  const env = clientEnvironment(stack, join(folder, 'config'));
  return runTool(
    clients.python,
    [...clients.aws, ...args],
    'The AWS CLI was installed and is gone: run again.',
    { env },
  );
}

/** The object's address for `aws s3`. */
function uri(name: string): string {
  return `s3://${stack.bucket}/${prefix}${name}`;
}

async function newFile(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function head(name: string): Promise<Record<string, unknown>> {
  const key = prefix + name;
  const { stdout } = await aws(
    ...[
      's3api',
      'head-object',
      '--bucket',
      stack.bucket,
      '--key',
      key,
      '--checksum-mode',
      'ENABLED',
      '--output',
      'json',
    ],
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('the AWS CLI', () => {
  test.each(ODD_NAMES)('copies %j up and down again', async (name) => {
    const bytes = randomBytes(5000);
    const file = await newFile('up.bin', bytes);
    expect(await aws('s3', 'cp', file, uri(name))).toMatchObject({ code: 0, stderr: '' });
    const back = join(folder, 'down.bin');
    expect(await aws('s3', 'cp', uri(name), back)).toMatchObject({ code: 0, stderr: '' });
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });

  test('puts an image of some megabytes as one object', async () => {
    const bytes = randomBytes(7_000_000);
    const file = await newFile('photo.jpg', bytes);
    expect((await aws('s3', 'cp', file, uri('big/photo.jpg'))).code).toBe(0);
    expect(await head('big/photo.jpg')).toMatchObject({
      ContentLength: bytes.length,
      ContentType: 'image/jpeg',
      ETag: `"${createHash('md5').update(bytes).digest('hex')}"`,
      ChecksumCRC32: expect.any(String),
    });
    const back = join(folder, 'photo back.jpg');
    expect((await aws('s3', 'cp', uri('big/photo.jpg'), back)).code).toBe(0);
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });

  test('copies a file of 20 MB up in parts and down again', async () => {
    const bytes = randomBytes(20_000_000);
    const file = await newFile('scan.tiff', bytes);
    expect(await aws('s3', 'cp', file, uri('big/scan.tiff'))).toMatchObject({ code: 0, stderr: '' });
    expect(await head('big/scan.tiff')).toMatchObject({
      ContentLength: bytes.length,
      ContentType: 'image/tiff',
      ETag: expect.stringMatching(/^"[0-9a-f]{32}-3"$/),
    });
    const back = join(folder, 'scan back.tiff');
    expect(await aws('s3', 'cp', uri('big/scan.tiff'), back)).toMatchObject({ code: 0, stderr: '' });
    expect((await readFile(back)).equals(bytes)).toBe(true);
    const list = ['list-multipart-uploads', '--bucket', stack.bucket, '--prefix', prefix, '--output', 'json'];
    expect((await aws('s3api', ...list)).stdout).not.toContain('UploadId"');
  });

  test('copies an empty file', async () => {
    expect((await aws('s3', 'cp', await newFile('empty', Buffer.alloc(0)), uri('empty'))).code).toBe(0);
    expect(await head('empty')).toMatchObject({
      ContentLength: 0,
      ETag: '"d41d8cd98f00b204e9800998ecf8427e"',
    });
  });

  test('lists what is there, folders apart', async () => {
    const file = await newFile('x', Buffer.from('12345'));
    for (const name of ['ls/one.jpg', 'ls/año 2.jpg', 'ls/deep/er.jpg'])
      await aws('s3', 'cp', file, uri(name));
    const { stdout } = await aws('s3', 'ls', uri('ls/'));
    const lines = stdout
      .trim()
      .split(/\r?\n/)
      .map((line) => line.trim());
    expect(lines).toEqual([
      'PRE deep/',
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +5 año 2\.jpg$/),
      expect.stringMatching(/ 5 one\.jpg$/),
    ]);
    const { stdout: all } = await aws('s3', 'ls', '--recursive', uri('ls/'));
    expect(all).toContain(`${prefix}ls/deep/er.jpg`);
    expect((await aws('s3', 'ls')).stdout).toContain(stack.bucket);
  });

  test('removes one object, and then does not find it', async () => {
    await aws('s3', 'cp', await newFile('x', Buffer.from('x')), uri('rm/año 1.jpg'));
    expect(await aws('s3', 'rm', uri('rm/año 1.jpg'))).toMatchObject({ code: 0 });
    expect((await aws('s3', 'ls', uri('rm/'))).stdout).toBe('');
    const { code, stderr } = await aws('s3', 'cp', uri('rm/año 1.jpg'), join(folder, 'none'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('(404)')]);
  });

  test('copies an object and moves it', async () => {
    const bytes = randomBytes(5000);
    await aws('s3', 'cp', await newFile('x', bytes), uri('mv/año 1+1.jpg'));
    const quiet = { code: 0, stderr: '' };
    expect(await aws('s3', 'cp', uri('mv/año 1+1.jpg'), uri('mv/copy 50%.jpg'))).toMatchObject(quiet);
    expect(await aws('s3', 'mv', uri('mv/copy 50%.jpg'), uri('mv/deep/er.jpg'))).toMatchObject(quiet);
    const { stdout } = await aws('s3', 'ls', '--recursive', uri('mv/'));
    expect(stdout.trim().split(/\r?\n/)).toEqual([
      expect.stringMatching(/mv\/año 1\+1\.jpg$/),
      expect.stringMatching(/mv\/deep\/er\.jpg$/),
    ]);
    const back = join(folder, 'moved.jpg');
    await aws('s3', 'cp', uri('mv/deep/er.jpg'), back);
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });

  test('pages through a listing', async () => {
    const file = await newFile('x', Buffer.from('x'));
    for (const name of ['page/a', 'page/b', 'page/c']) await aws('s3', 'cp', file, uri(name));
    const { stdout } = await aws('s3', 'ls', '--recursive', '--page-size', '1', uri('page/'));
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  test.each(['CRC32C', 'CRC64NVME', 'SHA256'])('puts a %s that comes back', async (algorithm) => {
    const file = await newFile('sum', Buffer.from('hello'));
    const put = ['s3api', 'put-object', '--bucket', stack.bucket, '--key', `${prefix}sum`, '--body', file];
    expect((await aws(...put, '--checksum-algorithm', algorithm)).code).toBe(0);
    expect(await head('sum')).toHaveProperty(`Checksum${algorithm}`);
  });

  test('does not replace what it was told to leave', async () => {
    const file = await newFile('x', Buffer.from('x'));
    const put = ['s3api', 'put-object', '--bucket', stack.bucket, '--key', `${prefix}once`, '--body', file];
    expect((await aws(...put, '--if-none-match', '*')).code).toBe(0);
    const { code, stderr } = await aws(...put, '--if-none-match', '*');
    expect(code).not.toBe(0);
    expect(stderr).toContain('PreconditionFailed');
  });

  test('presigns a download', async () => {
    await aws('s3', 'cp', await newFile('x', Buffer.from('presigned')), uri('signed ñ.txt'));
    const { stdout } = await aws('s3', 'presign', uri('signed ñ.txt'));
    expect(await (await fetch(stdout.trim())).text()).toBe('presigned');
  });
});
