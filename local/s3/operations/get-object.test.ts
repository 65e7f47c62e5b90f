import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  BUCKET,
  sendPlain,
  startS3ForTests,
  xmlText,
  type PlainResponse,
  type S3ForTests,
} from '../s3-for-tests.ts';
import { signedHeaders } from '../signing-for-tests.ts';

const KEY = 'uploads/letters.txt';
const TEXT = 'abcdefghijklmnopqrstuvwxyz';
const ETAG = '"c3fcd3d76192e4007dfb496cca67e13b"';

let s3: S3ForTests;
let lastModified: string;

beforeAll(async () => {
  s3 = await startS3ForTests();
  const kept = { ContentType: 'text/plain', Metadata: { a: 'b' } };
  await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: TEXT, ...kept }));
  await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'empty', Body: '' }));
  lastModified = (await get()).headers['last-modified'] ?? '';
});

afterAll(() => s3.stop());

async function get(
  headers: Record<string, string> = {},
  {
    key = KEY,
    method = 'GET',
    query = {},
  }: { key?: string; method?: string; query?: Record<string, string> } = {},
): Promise<PlainResponse> {
  const path = `/${BUCKET}/${key}`;
  const signed = await signedHeaders({ port: s3.port, method, path, query, headers });
  const search = new URLSearchParams(query).toString();
  return sendPlain(s3.port, { method, path: search === '' ? path : `${path}?${search}`, headers: signed });
}

describe('a read', () => {
  test('has the bytes and all that is known of them', async () => {
    const { status, headers, body } = await get();
    expect([status, body]).toEqual([200, TEXT]);
    expect(headers).toMatchObject({
      'content-length': '26',
      'content-type': 'text/plain',
      'accept-ranges': 'bytes',
      etag: ETAG,
      'x-amz-meta-a': 'b',
      server: 'AmazonS3',
      'x-amz-request-id': expect.stringMatching(/^[0-9A-Z]{16}$/),
      'x-amz-id-2': expect.stringMatching(/^.{70,}$/),
    });
    expect(new Date(lastModified).toUTCString()).toBe(lastModified);
    expect(headers).not.toHaveProperty('x-amz-checksum-crc32');
  });

  test('by HEAD has the same headers and no body', async () => {
    const [whole, head] = [await get(), await get({}, { method: 'HEAD' })];
    const told = ({ headers }: PlainResponse): object => {
      const { date: _, 'x-amz-id-2': _id, 'x-amz-request-id': _request, ...rest } = headers;
      return rest;
    };
    expect(head.body).toBe('');
    expect(told(head)).toEqual(told(whole));
  });

  test.each([
    ['bytes=0-4', 'abcde', 'bytes 0-4/26'],
    ['bytes=24-', 'yz', 'bytes 24-25/26'],
    ['bytes=-3', 'xyz', 'bytes 23-25/26'],
    ['bytes=0-65535', TEXT, 'bytes 0-25/26'],
  ])('of the range %s is partial', async (range, text, contentRange) => {
    const { status, headers, body } = await get({ range });
    expect([status, body]).toEqual([206, text]);
    expect(headers).toMatchObject({ 'content-range': contentRange, 'content-length': String(text.length) });
  });

  test.each([
    [KEY, 'bytes=26-', 'bytes */26', '26'],
    ['empty', 'bytes=0-65535', 'bytes */0', '0'],
  ])('of %s from %s is out of bounds', async (key, range, contentRange, size) => {
    const { status, headers, body } = await get({ range }, { key });
    expect([status, xmlText(body, 'Code')]).toEqual([416, 'InvalidRange']);
    expect(headers['content-range']).toBe(contentRange);
    expect([xmlText(body, 'RangeRequested'), xmlText(body, 'ActualObjectSize')]).toEqual([range, size]);
  });

  test.each(['bytes=0-1,4-5', 'bytes=b-a', 'lines=1-2'])('with %s has the whole object', async (range) => {
    const { status, body } = await get({ range });
    expect([status, body]).toEqual([200, TEXT]);
  });

  test('tells checksums of a whole object when it is asked for them', async () => {
    const asked = { 'x-amz-checksum-mode': 'ENABLED' };
    expect((await get(asked)).headers).toMatchObject({
      'x-amz-checksum-crc32': 'TCdQvQ==',
      'x-amz-checksum-type': 'FULL_OBJECT',
    });
    expect((await get({ ...asked, range: 'bytes=0-1' })).headers).not.toHaveProperty('x-amz-checksum-crc32');
  });

  test('takes other headers from its query', async () => {
    const query = {
      'response-content-type': 'image/png',
      'response-content-disposition': 'attachment; filename=a',
    };
    const { status, headers } = await get({}, { query });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'attachment; filename=a',
    });
  });

  test('takes no header from its query that can not be one', async () => {
    const { status, body } = await get({}, { query: { 'response-content-type': 'a\r\nset-cookie: b' } });
    expect([status, xmlText(body, 'Code')]).toEqual([400, 'InvalidArgument']);
  });

  test.each([
    [{ 'if-match': ETAG }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-none-match': '"other", "another"' }, 200],
    [{ 'if-none-match': ETAG }, 304],
    [{ 'if-none-match': `"other", W/${ETAG}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }, 200],
    [{ 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 304],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }, 412],
    [{ 'if-unmodified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 200],
    [{ 'if-match': ETAG, 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 200],
    [{ 'if-none-match': ETAG, range: 'bytes=0-1' }, 304],
    [{ 'if-match': '"other"', range: 'bytes=99-' }, 412],
  ] as [Record<string, string>, number][])('under %j is answered with %d', async (headers, expected) => {
    const { status, body, headers: answered } = await get(headers);
    expect(status).toBe(expected);
    if (status === 304) expect([body, answered.etag]).toEqual(['', ETAG]);
    if (status === 412) expect(xmlText(body, 'Code')).toBe('PreconditionFailed');
  });

  test('at the very second it was written is not modified since', async () => {
    expect((await get({ 'if-modified-since': lastModified })).status).toBe(304);
    expect((await get({ 'if-unmodified-since': lastModified })).status).toBe(200);
  });
});

test.each([{}, { 'if-none-match': ETAG }, { 'if-match': '"other"' }, { range: 'bytes=99-' }] as Record<
  string,
  string
>[])('no file stays open after a read with %j', async (headers) => {
  const { open } = s3.store;
  const bodies: { readonly fd: number }[] = [];
  s3.store.open = async (address) => {
    const opened = await open.call(s3.store, address);
    if (opened !== undefined) bodies.push(opened.body);
    return opened;
  };
  await get(headers);
  s3.store.open = open;
  while (bodies[0]?.fd !== -1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(bodies).toHaveLength(1);
});

describe('what is not there', () => {
  test('is answered with its key', async () => {
    const { status, body } = await get({}, { key: 'a%20%26%20b' });
    expect([status, xmlText(body, 'Code'), xmlText(body, 'Key')]).toEqual([404, 'NoSuchKey', 'a &amp; b']);
  });

  test('is answered to HEAD without a word', async () => {
    const { status, body } = await get({}, { key: 'none', method: 'HEAD' });
    expect([status, body]).toEqual([404, '']);
    await expect(
      s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'none' })),
    ).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('is deleted all the same, and tells of it', async () => {
    s3.changes.length = 0;
    const { $metadata } = await s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'never was' }));
    expect($metadata.httpStatusCode).toBe(204);
    expect(s3.changes).toMatchObject([{ eventName: 'ObjectRemoved:Delete', key: 'never was' }]);
  });

  test('may be a whole bucket', async () => {
    const attempt = s3.client.send(new GetObjectCommand({ Bucket: 'other', Key: KEY }));
    await expect(attempt).rejects.toMatchObject({ name: 'NoSuchBucket', BucketName: 'other' });
  });
});

test('metadata that is not ASCII comes back as RFC 2047 has it', async () => {
  const path = `/${BUCKET}/meta`;
  const value = Buffer.from('año', 'utf8').toString('latin1');
  const signed = await signedHeaders({
    port: s3.port,
    method: 'PUT',
    path,
    headers: { 'x-amz-meta-a': 'año' },
  });
  const headers = { ...signed, 'x-amz-meta-a': value };
  expect((await sendPlain(s3.port, { method: 'PUT', path, headers, body: Buffer.from('x') })).status).toBe(
    200,
  );
  expect((await get({}, { key: 'meta' })).headers['x-amz-meta-a']).toBe('=?UTF-8?B?YcOxbw==?=');
});
