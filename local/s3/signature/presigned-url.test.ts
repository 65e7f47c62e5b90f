import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  BUCKET,
  CREDENTIALS,
  sendPlain,
  startS3ForTests,
  xmlText,
  type S3ForTests,
} from '../s3-for-tests.ts';
import { presignedUrl } from '../signing-for-tests.ts';

const PATH = `/${BUCKET}/uploads/a.txt`;

let s3: S3ForTests;

beforeAll(async () => {
  s3 = await startS3ForTests();
});

afterAll(() => s3.stop());

function presignGet(key: string): Promise<string> {
  return getSignedUrl(s3.client, new GetObjectCommand({ Bucket: BUCKET, Key: key }), { expiresIn: 60 });
}

describe('a presigned URL', () => {
  const send = async (
    url: string,
    options: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => {
    const { pathname, search } = new URL(url);
    const answer = await sendPlain(s3.port, { path: pathname + search, ...options });
    return { ...answer, code: xmlText(answer.body, 'Code'), message: xmlText(answer.body, 'Message') };
  };

  test('that has run out is refused with the times', async () => {
    const url = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }), {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    const { status, code, message, body } = await send(url);
    expect([status, code, message]).toEqual([403, 'AccessDenied', 'Request has expired']);
    expect(xmlText(body, 'X-Amz-Expires')).toBe('60');
  });

  test('from the future is refused', async () => {
    const url = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }), {
      signingDate: new Date(Date.now() + 3_600_000),
    });
    expect(await send(url)).toMatchObject({ status: 403, message: 'Request is not yet valid' });
  });

  test.each([
    ['another key', (url: string) => url.replace('/uploads/', '/uploads2/')],
    ['more time', (url: string) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=61')],
    ['one more parameter', (url: string) => `${url}&response-content-type=text%2Fhtml`],
    ['a header hoisted by a stranger', (url: string) => `${url}&x-amz-meta-a=b`],
  ])('changed to %s is refused', async (_, change) => {
    const { status, code } = await send(change(await presignGet('uploads/a.txt')));
    expect([status, code]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test.each([
    ['no number', 'X-Amz-Expires=soon', 'should be a number'],
    ['a negative number', 'X-Amz-Expires=-1', 'must be non-negative'],
    ['more than a week', 'X-Amz-Expires=604801', 'less than a week'],
  ])('valid for %s of seconds is refused', async (_, parameter, words) => {
    const { status, code, message } = await send(
      (await presignGet('a')).replace('X-Amz-Expires=60', parameter),
    );
    expect([status, code]).toEqual([400, 'AuthorizationQueryParametersError']);
    expect(message).toContain(words);
  });

  test.each(['X-Amz-Algorithm', 'X-Amz-Date', 'X-Amz-SignedHeaders', 'X-Amz-Expires', 'X-Amz-Credential'])(
    'without %s is refused',
    async (name) => {
      const url = (await presignGet('a')).replace(new RegExp(`${name}=[^&]*&?`), '');
      expect(await send(url)).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' });
    },
  );

  test('is refused together with an Authorization header', async () => {
    const { status, code } = await send(await presignGet('a'), {
      headers: { authorization: 'AWS4-HMAC-SHA256 x' },
    });
    expect([status, code]).toEqual([400, 'InvalidArgument']);
  });

  test('of signature version 2 is refused', async () => {
    const url = `${s3.url}${PATH}?AWSAccessKeyId=${CREDENTIALS.accessKeyId}&Signature=x&Expires=9999999999`;
    expect(await send(url)).toMatchObject({ status: 400, code: 'InvalidRequest' });
  });

  test('uploads for its key, type and length only', async () => {
    const command = new PutObjectCommand({
      Bucket: BUCKET,
      Key: 'signed.png',
      ContentType: 'image/png',
      ContentLength: 3,
    });
    const client = s3.newClient({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const signableHeaders = new Set(['host', 'content-type', 'content-length']);
    const url = await getSignedUrl(client, command, { expiresIn: 60, signableHeaders });
    const headers = { 'content-type': 'image/png', 'content-length': '3' };
    expect((await send(url, { method: 'PUT', headers, body: 'abc' })).status).toBe(200);
    expect(
      (await send(url, { method: 'PUT', headers: { ...headers, 'content-length': '4' }, body: 'abcd' })).code,
    ).toBe('SignatureDoesNotMatch');
    expect(
      (await send(url, { method: 'PUT', headers: { ...headers, 'content-type': 'text/html' }, body: 'abc' }))
        .code,
    ).toBe('SignatureDoesNotMatch');
  });

  test('keeps metadata that the SDK moved into the query', async () => {
    const command = new PutObjectCommand({ Bucket: BUCKET, Key: 'hoisted', Metadata: { camera: 'old' } });
    const url = await getSignedUrl(s3.client, command, { expiresIn: 60 });
    expect(url).toContain('x-amz-meta-camera=old');
    expect((await send(url, { method: 'PUT', body: 'abc' })).status).toBe(200);
    const { Metadata } = await s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'hoisted' }));
    expect(Metadata).toEqual({ camera: 'old' });
  });

  test('does not have its checksum verified, which was made over no body', async () => {
    const url = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket: BUCKET, Key: 'unchecked' }), {
      expiresIn: 60,
    });
    expect(url).toContain('x-amz-checksum-crc32=AAAAAA');
    expect((await send(url, { method: 'PUT', body: 'abc' })).status).toBe(200);
  });

  test('can demand that the payload has a certain hash', async () => {
    const url = await presignedUrl({
      port: s3.port,
      method: 'PUT',
      path: `/${BUCKET}/hashed`,
      headers: { 'X-Amz-Content-Sha256': createHash('sha256').update('abc').digest('hex') },
    });
    expect(await send(url, { method: 'PUT', body: 'abd' })).toMatchObject({
      code: 'XAmzContentSHA256Mismatch',
    });
    expect((await send(url, { method: 'PUT', body: 'abc' })).status).toBe(200);
  });

  test.each([
    ['a line break in a header', 'x-amz-meta-a', 'b\r\nset-cookie: c'],
    ['a name that no header has', 'x-amz-meta-a b', 'c'],
  ])('that hides %s is refused', async (_, name, value) => {
    const url = await presignedUrl({ port: s3.port, method: 'PUT', path: PATH, query: { [name]: value } });
    expect(await send(url, { method: 'PUT', body: 'abc' })).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
    });
  });
});
