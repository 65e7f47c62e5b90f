import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pythonClients, type PythonClients } from './python-clients.ts';
import { runTool } from './run-tool.ts';
import {
  clientEnvironment,
  newPrefix,
  ODD_NAMES,
  stackUnderTest,
  type StackUnderTest,
} from './stack-under-test.ts';

const SCRIPT = fileURLToPath(new URL('boto3_calls.py', import.meta.url));
const INSTALL_MS = 300_000;

let stack: StackUnderTest;
let clients: PythonClients;
let folder: string;
const prefix = newPrefix();

beforeAll(async () => {
  stack = await stackUnderTest();
  clients = await pythonClients();
  folder = await mkdtemp(join(tmpdir(), 'boto3 ñ '));
  await writeFile(join(folder, 'config'), '');
}, INSTALL_MS);

afterAll(async () => {
  const { Contents = [] } = (await boto3([], 'list_objects_v2', { Prefix: prefix })) as {
    Contents?: { Key: string }[];
  };
  await boto3All(
    [],
    Contents.map(({ Key }) => ['delete_object', { Key }]),
  );
  await rm(folder, { recursive: true, force: true });
});

type Answer = Record<string, unknown>;
type Call = [method: string, params: Record<string, unknown>];

async function boto3All(options: string[], calls: Call[]): Promise<{ crt: boolean; answers: Answer[] }> {
  const input = calls.map(([method, params]) => ({
    method,
    params: method === 'generate_presigned_url' ? params : { Bucket: stack.bucket, ...params },
  }));
  const env = clientEnvironment(stack, join(folder, 'config'));
  const run = await runTool(
    clients.python,
    [SCRIPT, ...options],
    'Python was there and is gone: run again.',
    {
      env,
      input: JSON.stringify(input),
    },
  );
  if (run.code !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as { crt: boolean; answers: Answer[] };
}

async function boto3(options: string[], ...call: Call): Promise<Answer> {
  const { answers } = await boto3All(options, [call]);
  return answers[0] ?? {};
}

describe.each([
  ['with awscrt', [], true],
  ['without awscrt', ['--without-awscrt'], false],
] as [string, string[], boolean][])('boto3 %s', (_, options, hasCrt) => {
  const key = (name: string): string => `${prefix}${hasCrt ? 'crt' : 'plain'}/${name}`;

  test('is what it says', async () => {
    expect((await boto3All(options, [])).crt).toBe(hasCrt);
  });

  test('puts and reads odd names', async () => {
    const calls = ODD_NAMES.flatMap((name): Call[] => [
      ['put_object', { Key: key(name), Body: `body of ${name}`, Metadata: { a: 'b c' } }],
      ['get_object', { Key: key(name) }],
    ]);
    const { answers } = await boto3All(options, calls);
    const read = answers
      .filter((answer) => 'Body' in answer)
      .map(({ Body, Metadata }) => ({ Body, Metadata }));
    expect(read).toEqual(ODD_NAMES.map((name) => ({ Body: `body of ${name}`, Metadata: { a: 'b c' } })));
  });

  test('lists names in the order of their UTF-8 bytes', async () => {
    const puts = ODD_NAMES.map((name): Call => ['put_object', { Key: key(`ls/${name}`), Body: '' }]);
    const { answers } = await boto3All(options, [...puts, ['list_objects_v2', { Prefix: key('ls/') }]]);
    const { Contents = [] } = answers.at(-1) as { Contents?: { Key: string }[] };
    const sorted = [...ODD_NAMES].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(Contents.map(({ Key }) => Key)).toEqual(sorted.map((name) => key(`ls/${name}`)));
  });

  test('puts megabytes in one request', async () => {
    const { answers } = await boto3All(options, [
      ['put_object', { Key: key('big'), Body: 'a big image ', Repeat: 500_000 }],
      ['head_object', { Key: key('big') }],
      ['get_object', { Key: key('big'), Range: 'bytes=5999988-' }],
    ]);
    expect(answers[1]).toMatchObject({ ContentLength: 6_000_000 });
    expect(answers[2]).toMatchObject({ Body: 'a big image ', ContentRange: 'bytes 5999988-5999999/6000000' });
  });

  test('uploads a file in parts and downloads it', async () => {
    const bytes = randomBytes(20_000_000);
    const [up, down] = [join(folder, 'up.bin'), join(folder, 'down.bin')];
    await writeFile(up, bytes);
    const { answers } = await boto3All(options, [
      ['upload_file', { Filename: up, Key: key('in parts'), ExtraArgs: { Metadata: { a: 'b c' } } }],
      ['head_object', { Key: key('in parts') }],
      ['download_file', { Filename: down, Key: key('in parts') }],
    ]);
    expect(answers[1]).toMatchObject({
      ContentLength: bytes.length,
      ETag: expect.stringMatching(/-3"$/),
      Metadata: { a: 'b c' },
    });
    expect((await readFile(down)).equals(bytes)).toBe(true);
  });

  test('is told of what is missing, refused and in the way', async () => {
    const { answers } = await boto3All(options, [
      ['get_object', { Key: key('none') }],
      ['head_object', { Key: key('none') }],
      ['put_object', { Key: key('once'), Body: '1', IfNoneMatch: '*' }],
      ['put_object', { Key: key('once'), Body: '2', IfNoneMatch: '*' }],
      ['get_object', { Bucket: 'no-such-bucket-here', Key: 'x' }],
      ['get_object_acl', { Key: key('once') }],
      ['delete_object', { Key: key('once') }],
      ['get_object', { Key: key('once') }],
    ]);
    expect(answers.map(({ error }) => error)).toEqual([
      'NoSuchKey',
      '404',
      undefined,
      'PreconditionFailed',
      'NoSuchBucket',
      'NotImplemented',
      undefined,
      'NoSuchKey',
    ]);
  });

  // Without awscrt, boto3 can make these three only.
  test.each(hasCrt ? ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] : ['CRC32', 'SHA1', 'SHA256'])(
    'puts a %s that comes back',
    async (algorithm) => {
      const { answers } = await boto3All(options, [
        ['put_object', { Key: key('sum'), Body: 'hello', ChecksumAlgorithm: algorithm }],
        ['get_object', { Key: key('sum'), ChecksumMode: 'ENABLED' }],
      ]);
      const field = `Checksum${algorithm}`;
      expect(answers[0]).toHaveProperty(field, expect.any(String));
      expect(answers[1]).toMatchObject({ Body: 'hello', [field]: answers[0]?.[field] });
    },
  );

  test('presigns an upload and a download that anybody can follow', async () => {
    const urlOf = async (method: string, params: Record<string, unknown>): Promise<string> => {
      const Params = { Bucket: stack.bucket, Key: key('signed ñ.txt'), ...params };
      return String((await boto3(options, 'generate_presigned_url', { ClientMethod: method, Params })).Url);
    };
    const upload = await urlOf('put_object', { ContentType: 'text/plain' });
    const headers = { 'content-type': 'text/plain' };
    expect((await fetch(upload, { method: 'PUT', headers, body: 'presigned' })).status).toBe(200);
    expect(
      (await fetch(upload, { method: 'PUT', headers: { 'content-type': 'text/html' }, body: 'x' })).status,
    ).toBe(403);
    expect(await (await fetch(await urlOf('get_object', {}))).text()).toBe('presigned');
  });
});
