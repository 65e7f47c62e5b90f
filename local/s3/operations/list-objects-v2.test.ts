import { ListObjectsV2Command, PutObjectCommand, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUCKET, sendPlain, startS3ForTests, xmlText, type S3ForTests } from '../s3-for-tests.ts';
import { signedHeaders } from '../signing-for-tests.ts';

const KEYS = [
  '.hidden',
  'a b+c&<d>.jpg',
  'uploads/año 1+1 50%.jpg',
  'uploads/x/1',
  'uploads/x/2',
  'uploads/z',
  '🦊',
];

let s3: S3ForTests;

beforeAll(async () => {
  s3 = await startS3ForTests();
  for (const Key of KEYS) await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
});

afterAll(() => s3.stop());

async function list(input: Partial<ListObjectsV2CommandInput> = {}) {
  return s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));
}

/** The listing's XML, or its error's. */
async function listRaw(query: Record<string, string>): Promise<{ status: number; body: string }> {
  const asked = { 'list-type': '2', ...query };
  const headers = await signedHeaders({ port: s3.port, path: `/${BUCKET}`, query: asked });
  return sendPlain(s3.port, { path: `/${BUCKET}?${new URLSearchParams(asked).toString()}`, headers });
}

describe('a listing', () => {
  test('has every key, with what is known of it', async () => {
    const { Contents = [], KeyCount, IsTruncated, MaxKeys, Name } = await list();
    expect(Contents.map(({ Key }) => Key)).toEqual(KEYS);
    expect({ KeyCount, IsTruncated, MaxKeys, Name }).toEqual({
      KeyCount: 7,
      IsTruncated: false,
      MaxKeys: 1000,
      Name: BUCKET,
    });
    expect(Contents[0]).toMatchObject({
      Size: 7,
      ETag: '"6b96ab441bab2f8d5022c57ffb17136e"',
      StorageClass: 'STANDARD',
      ChecksumAlgorithm: ['CRC32'],
      LastModified: expect.any(Date),
    });
    expect(Contents[0]).not.toHaveProperty('Owner');
  });

  test('names owners when it is asked for them', async () => {
    const { Contents = [] } = await list({ FetchOwner: true });
    expect(Contents[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
  });

  test('by a delimiter has folders', async () => {
    const { Contents, CommonPrefixes } = await list({ Prefix: 'uploads/', Delimiter: '/' });
    expect(Contents?.map(({ Key }) => Key)).toEqual(['uploads/año 1+1 50%.jpg', 'uploads/z']);
    expect(CommonPrefixes).toEqual([{ Prefix: 'uploads/x/' }]);
  });

  test('goes on from page to page', async () => {
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ MaxKeys: 2, ContinuationToken });
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(KEYS);
  });

  test('starts behind a key', async () => {
    const { Contents = [], StartAfter } = await list({ StartAfter: 'uploads/x/1' });
    expect(Contents.map(({ Key }) => Key)).toEqual(['uploads/x/2', 'uploads/z', '🦊']);
    expect(StartAfter).toBe('uploads/x/1');
  });

  test('names keys in the encoding of URLs when it is asked to', async () => {
    const { body } = await listRaw({ 'encoding-type': 'url', prefix: 'uploads/a', delimiter: '1' });
    expect(xmlText(body, 'CommonPrefixes><Prefix')).toBeUndefined();
    expect(body).toContain('<CommonPrefixes><Prefix>uploads/a%C3%B1o+1</Prefix></CommonPrefixes>');
    expect(xmlText(body, 'EncodingType')).toBe('url');
  });

  test('has at most 1,000 names a page', async () => {
    expect(xmlText((await listRaw({ 'max-keys': '5000' })).body, 'MaxKeys')).toBe('1000');
  });

  test('escapes what XML reserves', async () => {
    expect((await listRaw({ prefix: 'a b' })).body).toContain('<Key>a b+c&amp;&lt;d&gt;.jpg</Key>');
  });

  test.each([
    { 'continuation-token': 'made up' },
    { 'continuation-token': '' },
    { 'max-keys': 'many' },
    { 'max-keys': '-1' },
    { 'max-keys': '99999999999' },
    { 'encoding-type': 'base64' },
    { 'list-type': '3' },
  ] as Record<string, string>[])('is refused with %j', async (query) => {
    const { status, body } = await listRaw(query);
    expect([status, xmlText(body, 'Code')]).toEqual([400, 'InvalidArgument']);
  });
});
