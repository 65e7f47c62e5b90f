import {
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingBody } from './storage/body-files.ts';
import { BUCKET, REGION, sendPlain, startS3ForTests, xmlText, type S3ForTests } from './s3-for-tests.ts';
import { signedHeaders } from './signing-for-tests.ts';

const PATH = `/${BUCKET}/uploads/a.bin`;

let s3: S3ForTests;

beforeEach(async () => {
  s3 = await startS3ForTests();
});

afterEach(() => s3.stop());

async function signed(
  method: string,
  path: string,
  query: Record<string, string> = {},
): Promise<Record<string, string>> {
  return signedHeaders({ port: s3.port, method, path, query });
}

describe('buckets', () => {
  test('are listed', async () => {
    const { Buckets } = await s3.client.send(new ListBucketsCommand({}));
    expect(Buckets).toEqual([{ Name: BUCKET, BucketRegion: REGION, CreationDate: expect.any(Date) }]);
  });

  test('have a region', async () => {
    const { BucketRegion } = await s3.client.send(new HeadBucketCommand({ Bucket: BUCKET }));
    expect(BucketRegion).toBe(REGION);
    const { LocationConstraint } = await s3.client.send(new GetBucketLocationCommand({ Bucket: BUCKET }));
    expect(LocationConstraint).toBeUndefined();
  });

  test('that are not there are not there', async () => {
    await expect(s3.client.send(new HeadBucketCommand({ Bucket: 'other' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });
});

describe('what is not offered', () => {
  test.each([
    ['PUT', '/other', {}],
    ['DELETE', `/${BUCKET}`, {}],
    ['GET', `/${BUCKET}`, { acl: '' }],
    ['GET', `/${BUCKET}`, { 'list-type': '2', versions: '' }],
    ['POST', `/${BUCKET}`, {}],
    ['PUT', PATH, { partNumber: '1' }],
    ['PUT', PATH, { tagging: '' }],
    ['GET', PATH, { versionId: 'null' }],
    ['GET', PATH, { partNumber: '1' }],
    ['DELETE', PATH, { tagging: '' }],
  ])('is never a false 200: %s %s %j', async (method, path, query) => {
    const headers = await signed(method, path, query);
    const search = new URLSearchParams(query).toString();
    const { status, body } = await sendPlain(s3.port, { method, path: `${path}?${search}`, headers });
    expect([status, xmlText(body, 'Code')]).toEqual([501, 'NotImplemented']);
    expect(s3.changes).toEqual([]);
  });

  test('includes methods that S3 does not have', async () => {
    const headers = await signed('PATCH', PATH);
    const { status, body } = await sendPlain(s3.port, { method: 'PATCH', path: PATH, headers });
    expect([status, xmlText(body, 'Code')]).toEqual([405, 'MethodNotAllowed']);
  });
});

describe('a browser', () => {
  const ORIGIN = 'http://localhost:5173';

  test('may upload from a page of any origin', async () => {
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type,x-amz-meta-a',
    };
    const answer = await sendPlain(s3.port, { method: 'OPTIONS', path: PATH, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, PUT, HEAD, POST, DELETE',
      'access-control-allow-headers': 'content-type,x-amz-meta-a',
    });
  });

  test('may read the ETag, and errors too', async () => {
    const put = { ...(await signed('PUT', PATH)), origin: ORIGIN };
    const { headers } = await sendPlain(s3.port, { method: 'PUT', path: PATH, headers: put, body: 'x' });
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-expose-headers']).toContain('ETag');
    const refused = await sendPlain(s3.port, { path: PATH, headers: { origin: ORIGIN } });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, '*']);
  });

  test.each([
    [{ 'access-control-request-method': 'PUT' }, 400],
    [{ origin: ORIGIN }, 400],
    [{ origin: ORIGIN, 'access-control-request-method': 'PATCH' }, 403],
  ] as [Record<string, string>, number][])('that asks %j is answered with %d', async (headers, status) => {
    expect((await sendPlain(s3.port, { method: 'OPTIONS', path: PATH, headers })).status).toBe(status);
  });
});

describe('a request', () => {
  test('that nobody signed is denied', async () => {
    const { status, headers, body } = await sendPlain(s3.port, { path: PATH });
    expect([status, xmlText(body, 'Code')]).toEqual([403, 'AccessDenied']);
    expect(xmlText(body, 'RequestId')).toBe(headers['x-amz-request-id']);
    expect(xmlText(body, 'HostId')).toBe(headers['x-amz-id-2']);
    expect(headers['content-type']).toBe('application/xml');
  });

  test.each(['/images/%', '/images/%zz', '/images/%FF', '/images/a?b=%'])(
    'for %s can not be read',
    async (path) => {
      const { status, body } = await sendPlain(s3.port, { path });
      expect([status, xmlText(body, 'Code')]).toEqual([400, 'InvalidURI']);
    },
  );

  test('may name the host in its first line, as proxies write it', async () => {
    const headers = await signed('GET', PATH);
    const { status } = await sendPlain(s3.port, { path: `http://127.0.0.1:${s3.port}${PATH}`, headers });
    expect(status).toBe(404);
  });

  test('without a bucket but with a key finds none', async () => {
    const { status, body } = await sendPlain(s3.port, { path: '//x', headers: await signed('GET', '//x') });
    expect([status, xmlText(body, 'Code')]).toEqual([404, 'NoSuchBucket']);
  });

  test('is told to the console in one line, without its query', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a b', Body: 'x' }));
    await sendPlain(s3.port, { path: `${PATH}?secret=1` });
    const common = { ms: expect.any(Number) };
    const agent = expect.stringMatching(/^aws-sdk-js\//);
    expect(s3.lines).toEqual([
      { ...common, method: 'PUT', path: `/${BUCKET}/a%20b`, status: 200, userAgent: agent },
      { ...common, method: 'GET', path: PATH, status: 403, userAgent: '', code: 'AccessDenied' },
    ]);
  });
});

describe('a failure of the machine', () => {
  async function putWith(body: Partial<IncomingBody>): Promise<{ status: number; body: string }> {
    const { createBody } = s3.store;
    s3.store.createBody = async () => ({ ...(await createBody.call(s3.store)), ...body });
    const answer = await sendPlain(s3.port, {
      method: 'PUT',
      path: PATH,
      headers: await signed('PUT', PATH),
      body: 'x',
    });
    s3.store.createBody = createBody;
    return answer;
  }

  const full = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('write ENOSPC /secret/path'), { code: 'ENOSPC' }));

  test.each([
    ['to write', { write: full }],
    ['to place', { place: full }],
  ])('%s is an error to the client, and nothing is lost', async (_, broken) => {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'uploads/a.bin', Body: 'as it was' }));
    const { status, body } = await putWith(broken);
    expect([status, xmlText(body, 'Code')]).toEqual([500, 'InternalError']);
    expect(body).not.toContain('ENOSPC');
    expect(s3.lines.at(-1)).toMatchObject({ status: 500, code: 'InternalError', cause: { code: 'ENOSPC' } });
    expect(await s3.bodies()).toHaveLength(1);
    expect(s3.changes).toHaveLength(1);
  });
});
