import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  BUCKET,
  CREDENTIALS,
  REGION,
  sendPlain,
  startS3ForTests,
  xmlText,
  type S3ForTests,
} from '../s3-for-tests.ts';
import { presignedUrl, signedHeaders } from '../signing-for-tests.ts';

const ODD_KEYS = [
  'uploads/año 1+1 50%.jpg',
  'a//b',
  '/leading',
  'trailing/',
  '🦊.png',
  '%2F',
  '%41',
  '.hidden',
  '...',
  "~!*'()",
  'a+b c&d=e?f#g;h:i@j$k,l',
  '日本/語.webp',
  'back\\slash"quote<tag>',
  'x'.repeat(1024),
];

let s3: S3ForTests;

beforeAll(async () => {
  s3 = await startS3ForTests();
});

afterAll(() => s3.stop());

const PATH = `/${BUCKET}/uploads/a.txt`;

async function errorOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => 'taken',
    (error: unknown) => error,
  );
}

function presignGet(key: string, seconds = 60): Promise<string> {
  return getSignedUrl(s3.client, new GetObjectCommand({ Bucket: BUCKET, Key: key }), { expiresIn: seconds });
}

describe('the SDK', () => {
  test.each(ODD_KEYS)('puts, reads and lists the key %j', async (Key) => {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: `body of ${Key}` }));
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    expect(await Body?.transformToString()).toBe(`body of ${Key}`);
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: Key }));
    expect(Contents.map((object) => object.Key)).toContain(Key);
  });

  test.each(ODD_KEYS)('presigns a download of %j that anybody can follow', async (Key) => {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'presigned' }));
    const { pathname, search } = new URL(await presignGet(Key));
    const answer = await sendPlain(s3.port, { path: pathname + search });
    expect([answer.status, answer.body]).toEqual([200, 'presigned']);
  });

  test('with another secret is refused, and told what was signed', async () => {
    const stranger = s3.newClient({ credentials: { ...CREDENTIALS, secretAccessKey: 'other' } });
    const error = await errorOf(stranger.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' })));
    expect(error).toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
    expect(error).toHaveProperty('AWSAccessKeyId', CREDENTIALS.accessKeyId);
    expect(error).toHaveProperty('StringToSign', expect.stringMatching(/^AWS4-HMAC-SHA256\n/));
  });

  test('with an unknown key is refused', async () => {
    const stranger = s3.newClient({ credentials: { ...CREDENTIALS, accessKeyId: 'AKIDOTHER' } });
    expect(await errorOf(stranger.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' })))).toMatchObject({
      name: 'InvalidAccessKeyId',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('with a session token is refused: these credentials have none', async () => {
    const stranger = s3.newClient({ credentials: { ...CREDENTIALS, sessionToken: 'token' } });
    expect(await errorOf(stranger.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' })))).toMatchObject({
      name: 'InvalidToken',
    });
  });

  test('in another region is told the right one', async () => {
    const elsewhere = s3.newClient({ region: 'eu-west-1', followRegionRedirects: false });
    const error = await errorOf(elsewhere.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' })));
    expect(error).toMatchObject({ name: 'AuthorizationHeaderMalformed', Region: REGION });
    expect(error).toHaveProperty('message', expect.stringContaining("the region 'eu-west-1' is wrong"));
  });
});

describe('a signed request', () => {
  /** Signs a GET, lets the test change it, and answers status and error code. */
  async function send(
    change: (headers: Record<string, string>) => Record<string, string>,
    signingDate?: Date,
    path = PATH,
  ): Promise<[number, string | undefined]> {
    const headers = change(await signedHeaders({ port: s3.port, path: PATH }, signingDate));
    const { status, body } = await sendPlain(s3.port, { path, headers });
    return [status, xmlText(body, 'Code')];
  }

  const unchanged = (headers: Record<string, string>): Record<string, string> => headers;
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

  beforeAll(() => s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'uploads/a.txt', Body: 'a' })));

  test('is taken as it was signed', async () => {
    expect(await send(unchanged)).toEqual([200, undefined]);
  });

  test.each([14, -14])('is taken when its clock is %d minutes off', async (minutes) => {
    expect(await send(unchanged, minutesAgo(minutes))).toEqual([200, undefined]);
  });

  test.each([16, -16, 60 * 24 * 365])('is refused when its clock is %d minutes off', async (minutes) => {
    expect(await send(unchanged, minutesAgo(minutes))).toEqual([403, 'RequestTimeTooSkewed']);
  });

  test('is refused for another path', async () => {
    expect(await send(unchanged, undefined, `${PATH}x`)).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('is refused with a query added', async () => {
    expect(await send(unchanged, undefined, `${PATH}?a=b`)).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('is refused with a header of ours that is not signed', async () => {
    const outcome = await send((headers) => ({ ...headers, 'x-amz-meta-late': 'x' }));
    expect(outcome).toEqual([403, 'AccessDenied']);
  });

  test('may have other headers that are not signed', async () => {
    expect(await send((headers) => ({ ...headers, accept: '*/*', range: 'bytes=0-0' }))).toEqual([
      206,
      undefined,
    ]);
  });

  test('is refused when a signed header was changed', async () => {
    const outcome = await send((headers) => ({ ...headers, 'x-amz-content-sha256': 'a'.repeat(64) }));
    expect(outcome).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('is refused without the hash of its payload', async () => {
    const outcome = await send(({ 'x-amz-content-sha256': _, ...headers }) => headers);
    expect(outcome).toEqual([400, 'InvalidRequest']);
  });

  test.each([
    ['', 'AccessDenied', 403],
    ['Basic YTpi', 'InvalidArgument', 400],
    ['AWS AKIDLOCAL:signature', 'InvalidRequest', 400],
    ['AWS4-HMAC-SHA256 Credential=x', 'AuthorizationHeaderMalformed', 400],
    ['AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0', 'AuthorizationHeaderMalformed', 400],
    [
      `AWS4-HMAC-SHA256 Credential=x/y/${REGION}/s3/aws4_request, SignedHeaders=host, Signature=0`,
      'AuthorizationHeaderMalformed',
      400,
    ],
    [
      `AWS4-HMAC-SHA256 Credential=x/20260101/${REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
      'AuthorizationHeaderMalformed',
      400,
    ],
    [
      `AWS4-HMAC-SHA256 Credential=x/20260101/${REGION}/s3/aws3, SignedHeaders=host, Signature=0`,
      'AuthorizationHeaderMalformed',
      400,
    ],
    [
      `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20260101/${REGION}/s3/aws4_request, SignedHeaders=host, Signature=0`,
      'AuthorizationHeaderMalformed',
      400,
    ],
  ])('with %j as its authorization is refused', async (authorization, code, status) => {
    const outcome = await send(({ authorization: _, ...headers }) =>
      authorization === '' ? headers : { ...headers, authorization },
    );
    expect(outcome).toEqual([status, code]);
  });
});

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
