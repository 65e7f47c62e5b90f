import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  BUCKET,
  sendPlain,
  startS3ForTests,
  xmlText,
  type PlainResponse,
  type S3ForTests,
} from '../s3-for-tests.ts';
import { signedHeaders, signer } from '../signing-for-tests.ts';

const KEY = 'uploads/a.bin';
const PATH = `/${BUCKET}/${KEY}`;

let s3: S3ForTests;

beforeAll(async () => {
  s3 = await startS3ForTests();
});

afterAll(() => s3.stop());

beforeEach(async () => {
  await s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: KEY }));
  s3.changes.length = 0;
});

async function read(): Promise<Buffer | undefined> {
  try {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch {
    return undefined;
  }
}

type Sent = PlainResponse & { code: string | undefined };

/** A signed PUT with these headers and bytes. */
async function put(headers: Record<string, string>, body: string | Buffer = 'hello'): Promise<Sent> {
  const signed = await signedHeaders({ port: s3.port, method: 'PUT', path: PATH, headers });
  const answer = await sendPlain(s3.port, { method: 'PUT', path: PATH, headers: signed, body });
  return { ...answer, code: xmlText(answer.body, 'Code') };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

/** Of `hello`. */
const CHECKSUMS = {
  'x-amz-checksum-crc32': 'NhCmhg==',
  'x-amz-checksum-crc32c': 'mnG7TA==',
  'x-amz-checksum-crc64nvme': 'M3eFcAZSQlc=',
  'x-amz-checksum-sha1': 'qvTGHdzF6KLavt4PO0gs2a6pQ00=',
  'x-amz-checksum-sha256': 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
};

describe('the SDK puts', () => {
  const big = Buffer.alloc(3_000_000, 'a big image ');

  test.each([
    ['text', 'hello', Buffer.from('hello')],
    ['nothing', '', Buffer.alloc(0)],
    ['megabytes', big, big],
  ] as const)('%s', async (_, Body, expected) => {
    const { ETag } = await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body }));
    expect(ETag).toBe(`"${createHash('md5').update(expected).digest('hex')}"`);
    expect((await read())?.equals(expected)).toBe(true);
    expect(s3.changes).toMatchObject([{ eventName: 'ObjectCreated:Put', key: KEY, size: expected.length }]);
  });

  test('a file as a stream, in chunks with the checksum behind them', async () => {
    const file = join(s3.folder, 'big.bin');
    await writeFile(file, big);
    const Body = createReadStream(file);
    const answer = await s3.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body, ContentLength: big.length }),
    );
    expect(answer).toMatchObject({ ChecksumCRC32: expect.any(String), ChecksumType: 'FULL_OBJECT' });
    expect((await read())?.equals(big)).toBe(true);
    const { ContentEncoding } = await s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY }));
    expect(ContentEncoding).toBeUndefined();
  });

  test('no stream of small chunks, which S3 refuses', async () => {
    const Body = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(1000, 'x')));
    const attempt = s3.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body, ContentLength: 20_000 }),
    );
    await expect(attempt).rejects.toMatchObject({ name: 'InvalidChunkSizeError' });
    expect(await read()).toBeUndefined();
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'a %s that comes back',
    async (algorithm) => {
      const input: PutObjectCommandInput = {
        Bucket: BUCKET,
        Key: KEY,
        Body: 'hello',
        ChecksumAlgorithm: algorithm,
      };
      const field = `Checksum${algorithm}` as const;
      const value = CHECKSUMS[`x-amz-checksum-${algorithm.toLowerCase()}` as keyof typeof CHECKSUMS];
      expect(await s3.client.send(new PutObjectCommand(input))).toHaveProperty(field, value);
      const asked = { Bucket: BUCKET, Key: KEY, ChecksumMode: 'ENABLED' } as const;
      expect(await s3.client.send(new HeadObjectCommand(asked))).toHaveProperty(field, value);
    },
  );

  test('headers and metadata that come back', async () => {
    const kept = {
      ContentType: 'image/jpeg',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="a.jpg"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'es',
      Metadata: { camera: 'Leica M6', 'taken-by': 'ana' },
    };
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: 'hello', ...kept }));
    expect(await s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY }))).toMatchObject(kept);
  });

  test('where nothing may be, and one of many that race wins', async () => {
    const tries = Array.from({ length: 10 }, (_, index) =>
      s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: `${index}`, IfNoneMatch: '*' })),
    );
    const outcomes = await Promise.allSettled(tries);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(9);
    for (const { reason } of lost) expect(reason).toMatchObject({ name: 'PreconditionFailed' });
    expect(s3.changes).toHaveLength(1);
  });
});

describe('a put', () => {
  test('without a type is of unknown bytes', async () => {
    expect((await put({})).status).toBe(200);
    const { ContentType } = await s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY }));
    expect(ContentType).toBe('binary/octet-stream');
  });

  test('without a checksum is given a CRC64NVME', async () => {
    const { headers } = await put({});
    expect(headers['x-amz-checksum-crc64nvme']).toBe(CHECKSUMS['x-amz-checksum-crc64nvme']);
  });

  test.each([
    ['the hash that was signed', { 'x-amz-content-sha256': sha256('hello') }],
    ['its MD5', { 'content-md5': md5('hello') }],
    ...Object.entries(CHECKSUMS).map(([name, value]) => [name, { [name]: value }] as const),
  ] as [string, Record<string, string>][])('is taken with %s', async (_, headers) => {
    expect((await put(headers)).status).toBe(200);
    expect((await read())?.toString()).toBe('hello');
  });

  test.each([
    ['XAmzContentSHA256Mismatch', { 'x-amz-content-sha256': sha256('hellO') }],
    ['BadDigest', { 'content-md5': md5('hellO') }],
    ['InvalidDigest', { 'content-md5': 'hello' }],
    ...Object.entries(CHECKSUMS).flatMap(([name, value]) => [
      ['BadDigest', { [name]: Buffer.from(value, 'base64').fill(7).toString('base64') }],
      ['InvalidRequest', { [name]: `${value}AAAA` }],
    ]),
    ['InvalidRequest', { 'x-amz-checksum-crc32': 'NhCmhg==', 'x-amz-checksum-crc32c': 'mnG7TA==' }],
    ['InvalidRequest', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }],
    ['InvalidRequest', { 'x-amz-sdk-checksum-algorithm': 'SHA1', 'x-amz-checksum-crc32': 'NhCmhg==' }],
    ['MalformedTrailerError', { 'x-amz-trailer': 'x-amz-checksum-crc32' }],
    ['NotImplemented', { 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' }],
    ['NotImplemented', { 'if-none-match': '"etag"' }],
    ['NotImplemented', { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }],
    ['NotImplemented', { 'x-amz-tagging': 'a=b' }],
    ['NotImplemented', { 'x-amz-storage-class': 'GLACIER' }],
    ['AccessControlListNotSupported', { 'x-amz-acl': 'public-read' }],
    ['PreconditionFailed', { 'if-match': '"other"' }],
    ['MetadataTooLarge', { 'x-amz-meta-a': 'x'.repeat(2048) }],
    ['InvalidArgument', { 'x-amz-content-sha256': 'nonsense' }],
    ['NotImplemented', { 'x-amz-content-sha256': 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD' }],
    ['EntityTooLarge', { 'content-length': String(5 * 1024 ** 3 + 1) }],
  ] as [string, Record<string, string>][])(
    'changes nothing when it is refused with %s: %j',
    async (code, headers) => {
      await put({}, 'as it was');
      expect(await put(headers)).toMatchObject({ code });
      expect((await read())?.toString()).toBe('as it was');
      expect(s3.changes).toHaveLength(1);
      expect(await s3.bodies()).toHaveLength(1);
    },
  );

  test('says which checksum was wrong', async () => {
    const { body } = await put({ 'x-amz-checksum-crc32': 'AAAAAA==' });
    expect(xmlText(body, 'Message')).toBe('The CRC32 you specified did not match the calculated checksum.');
  });

  test('of unknown length is refused', async () => {
    expect(await put({ 'transfer-encoding': 'chunked' })).toMatchObject({
      status: 411,
      code: 'MissingContentLength',
    });
  });

  test('of a key over 1,024 bytes of UTF-8 is refused', async () => {
    const attempt = s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'ñ'.repeat(513), Body: 'x' }));
    await expect(attempt).rejects.toMatchObject({
      name: 'KeyTooLongError',
      Size: '1026',
      MaxSizeAllowed: '1024',
    });
  });

  test('on the ETag that is there replaces it', async () => {
    const { headers } = await put({}, 'one');
    expect((await put({ 'if-match': headers.etag ?? '' }, 'two')).status).toBe(200);
    expect((await read())?.toString()).toBe('two');
  });
});

describe('a chunked put', () => {
  const chunked = (payload: string, more: Record<string, string> = {}): Record<string, string> => ({
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': payload,
    'x-amz-decoded-content-length': '5',
    ...more,
  });
  const TRAILER = { 'x-amz-trailer': 'x-amz-checksum-crc32' };
  const UNSIGNED = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

  test.each([
    ['a right trailer', 'x-amz-checksum-crc32:NhCmhg==\r\n', undefined],
    ['a wrong trailer', 'x-amz-checksum-crc32:AAAAAA==\r\n', 'BadDigest'],
    ['a trailer that is no checksum', 'x-amz-checksum-crc32:!\r\n', 'InvalidRequest'],
    ['another trailer than announced', 'x-amz-checksum-sha1:AAAA\r\n', 'MalformedTrailerError'],
    ['no trailer although one was announced', '', 'MalformedTrailerError'],
  ])('with %s', async (_, trailer, code) => {
    const answer = await put(chunked(UNSIGNED, TRAILER), `5\r\nhello\r\n0\r\n${trailer}\r\n`);
    expect(answer.code).toBe(code);
    expect((await read())?.toString()).toBe(code === undefined ? 'hello' : undefined);
  });

  test('that ends early changes nothing', async () => {
    expect(await put(chunked(UNSIGNED, TRAILER), '5\r\nhel')).toMatchObject({
      status: 400,
      code: 'IncompleteBody',
    });
    expect(await read()).toBeUndefined();
    expect(await s3.bodies()).toEqual([]);
  });

  test('without the length of the object is refused', async () => {
    const { 'x-amz-decoded-content-length': _, ...headers } = chunked(UNSIGNED);
    expect(await put(headers, '0\r\n\r\n')).toMatchObject({ status: 411, code: 'MissingContentLength' });
  });

  test.each([
    ['is taken', 'hello', undefined],
    ['is refused when a byte was changed', 'hellO', 'SignatureDoesNotMatch'],
  ])('with signed chunks %s', async (_, sent, code) => {
    const payload = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
    const headers = await signedHeaders({
      port: s3.port,
      method: 'PUT',
      path: PATH,
      headers: chunked(payload),
    });
    const amzDate = headers['x-amz-date'] ?? '';
    const [, scope = ''] = /Credential=[^/]*\/([^,]*)/.exec(headers['authorization'] ?? '') ?? [];
    const [, seed = ''] = /Signature=(\w+)/.exec(headers['authorization'] ?? '') ?? [];
    const link = (previous: string, data: string): Promise<string> =>
      signer.sign(
        ['AWS4-HMAC-SHA256-PAYLOAD', amzDate, scope, previous, sha256(''), sha256(data)].join('\n'),
      );
    const first = await link(seed, 'hello');
    const last = await link(first, '');
    const body = `5;chunk-signature=${first}\r\n${sent}\r\n0;chunk-signature=${last}\r\n\r\n`;
    const answer = await sendPlain(s3.port, { method: 'PUT', path: PATH, headers, body });
    expect(xmlText(answer.body, 'Code')).toBe(code);
    expect((await read())?.toString()).toBe(code === undefined ? 'hello' : undefined);
  });
});
