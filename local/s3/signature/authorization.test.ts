import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
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
import { signedHeaders } from '../signing-for-tests.ts';

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

function presignGet(key: string): Promise<string> {
  return getSignedUrl(s3.client, new GetObjectCommand({ Bucket: BUCKET, Key: key }), { expiresIn: 60 });
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
