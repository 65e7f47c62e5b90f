import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runTool, ToolMissing, type ToolRun } from './run-tool.ts';
import { newPrefix, ODD_NAMES, sdkClient, stackUnderTest, type StackUnderTest } from './stack-under-test.ts';

/** The first curl whose --aws-sigv4 signs all headers that it sends, as S3 demands. */
const OLDEST = [7, 86] as const;
const HOW_TO_INSTALL =
  `These tests need curl ${OLDEST.join('.')} or newer: install it from https://curl.se/download.html ` +
  '(on Debian and Ubuntu: apt-get install curl; Windows 10 and newer have it).';

let stack: StackUnderTest;
let sdk: S3Client;
let folder: string;
const prefix = newPrefix();
const put = new Set<string>();

beforeAll(async () => {
  const { stdout } = await runTool('curl', ['--version'], HOW_TO_INSTALL);
  const [, major = 0, minor = 0] = (/^curl (\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) throw new ToolMissing(HOW_TO_INSTALL);
  stack = await stackUnderTest();
  sdk = sdkClient(stack);
  folder = await mkdtemp(join(tmpdir(), 'curl ñ '));
});

afterAll(async () => {
  for (const Key of put) await sdk.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key }));
  sdk.destroy();
  await rm(folder, { recursive: true, force: true });
});

/** Without progress, and failing on an error status only where the test says so. */
async function curl(...args: string[]): Promise<ToolRun> {
  return runTool('curl', ['--silent', '--show-error', '--noproxy', '*', ...args], HOW_TO_INSTALL);
}

/** curl as it signs its own requests. The hash of the payload is not curl's to make before 8.10: it is named. */
async function signedCurl(...args: string[]): Promise<ToolRun> {
  const sigv4 = ['--aws-sigv4', `aws:amz:${stack.region}:s3`];
  const user = ['--user', `${stack.access_key_id}:${stack.secret_access_key}`];
  return curl(...sigv4, ...user, '--header', 'x-amz-content-sha256: UNSIGNED-PAYLOAD', ...args);
}

function urlOf(name: string): string {
  const key = prefix + name;
  put.add(key);
  const strict = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${stack.s3_endpoint}/${stack.bucket}/${key.split('/').map(strict).join('/')}`;
}

async function newFile(bytes: Buffer): Promise<string> {
  const path = join(folder, 'up.bin');
  await writeFile(path, bytes);
  return path;
}

const STATUS = ['--output', '-', '--write-out', '\n%{http_code}'];

describe('curl signing its own requests', () => {
  test.each(ODD_NAMES)('uploads %j and downloads it again', async (name) => {
    const bytes = randomBytes(5000);
    const upload = await signedCurl('--upload-file', await newFile(bytes), ...STATUS, urlOf(name));
    expect(upload).toMatchObject({ code: 0, stdout: '\n200' });
    const back = join(folder, 'down.bin');
    expect((await signedCurl('--fail', '--output', back, urlOf(name))).code).toBe(0);
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });

  test('uploads megabytes as they are', async () => {
    const bytes = randomBytes(9_000_000);
    const data = [
      '--request',
      'PUT',
      '--data-binary',
      `@${await newFile(bytes)}`,
      '--header',
      'content-type: image/jpeg',
    ];
    expect((await signedCurl(...data, ...STATUS, urlOf('big.jpg'))).stdout).toBe('\n200');
    const back = join(folder, 'big.jpg');
    await signedCurl('--output', back, urlOf('big.jpg'));
    expect((await readFile(back)).equals(bytes)).toBe(true);
    const { stdout } = await signedCurl('--head', urlOf('big.jpg'));
    expect(stdout).toMatch(/^content-type: image\/jpeg\r$/im);
    expect(stdout).toMatch(/^content-length: 9000000\r$/im);
  });

  test('downloads a range', async () => {
    await signedCurl('--upload-file', await newFile(Buffer.from('abcdefgh')), urlOf('range'));
    expect((await signedCurl('--range', '2-4', ...STATUS, urlOf('range'))).stdout).toBe('cde\n206');
  });

  test('lists', async () => {
    await signedCurl('--upload-file', await newFile(Buffer.from('x')), urlOf('ls/año.jpg'));
    const query = `list-type=2&prefix=${encodeURIComponent(`${prefix}ls/`)}`;
    const { stdout } = await signedCurl(`${stack.s3_endpoint}/${stack.bucket}?${query}`);
    expect(stdout).toContain(`<Key>${prefix}ls/año.jpg</Key>`);
  });

  test('deletes', async () => {
    await signedCurl('--upload-file', await newFile(Buffer.from('x')), urlOf('gone'));
    expect((await signedCurl('--request', 'DELETE', ...STATUS, urlOf('gone'))).stdout).toBe('\n204');
    expect((await signedCurl(...STATUS, urlOf('gone'))).stdout).toMatch(/<Code>NoSuchKey<\/Code>[^]*\n404$/);
  });
});

describe('curl with a wrong secret or none', () => {
  test('is refused in XML', async () => {
    const { stdout } = await curl(...STATUS, urlOf('private'));
    expect(stdout).toMatch(/<Code>AccessDenied<\/Code>[^]*\n403$/);
  });

  test('is refused before it sends megabytes', async () => {
    const sigv4 = ['--aws-sigv4', `aws:amz:${stack.region}:s3`, '--user', `${stack.access_key_id}:wrong`];
    const hash = ['--header', 'x-amz-content-sha256: UNSIGNED-PAYLOAD'];
    const file = await newFile(randomBytes(9_000_000));
    const sent = ['--write-out', '\n%{http_code} %{size_upload}', '--upload-file', file];
    const { code, stdout } = await curl(...sigv4, ...hash, ...sent, urlOf('refused'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/<Code>SignatureDoesNotMatch<\/Code>[^]*\n403 0$/);
  });
});

describe('curl with a presigned URL', () => {
  test('uploads what the URL was signed for', async () => {
    const bytes = randomBytes(3_000_000);
    const name = 'signed ñ+1.jpg';
    urlOf(name);
    const address = { Bucket: stack.bucket, Key: prefix + name };
    const upload = await getSignedUrl(sdk, new PutObjectCommand({ ...address, ContentType: 'image/jpeg' }), {
      signableHeaders: new Set(['host', 'content-type']),
    });
    const file = await newFile(bytes);
    const wrong = await curl('--header', 'content-type: text/html', '--upload-file', file, ...STATUS, upload);
    expect(wrong.stdout).toMatch(/\n403$/);
    const right = await curl(
      '--header',
      'content-type: image/jpeg',
      '--upload-file',
      file,
      ...STATUS,
      upload,
    );
    expect(right.stdout).toBe('\n200');

    const back = join(folder, 'back.jpg');
    const download = await getSignedUrl(sdk, new GetObjectCommand(address));
    expect((await curl('--fail', '--output', back, download)).code).toBe(0);
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });
});
