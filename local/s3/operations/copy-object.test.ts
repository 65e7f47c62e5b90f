import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BUCKET, sendPlain, startS3ForTests, xmlText, type S3ForTests } from '../s3-for-tests.ts';
import { signedHeaders } from '../signing-for-tests.ts';

const SOURCE = { Bucket: BUCKET, Key: 'uploads/año 1+1 50%.jpg' };
const TARGET = { Bucket: BUCKET, Key: 'uploads/copy' };
const CopySource = `${BUCKET}/${encodeURIComponent(SOURCE.Key)}`;
const E_TAG = createHash('md5').update('hello').digest('hex');
const YESTERDAY = new Date(Date.now() - 86_400_000);
const TOMORROW = new Date(Date.now() + 86_400_000);

let s3: S3ForTests;

beforeAll(async () => {
  s3 = await startS3ForTests();
});

afterAll(() => s3.stop());

beforeEach(async () => {
  const kept = { ContentType: 'image/jpeg', Metadata: { camera: 'M6' } };
  await s3.client.send(new PutObjectCommand({ ...SOURCE, Body: 'hello', ...kept }));
  await s3.client.send(new DeleteObjectCommand(TARGET));
  s3.changes.length = 0;
});

async function copy(input: Partial<CopyObjectCommandInput> = {}) {
  return s3.client.send(new CopyObjectCommand({ ...TARGET, CopySource, ...input }));
}

describe('a copy', () => {
  test('has the bytes, the headers and the metadata, and an event of its own', async () => {
    const { CopyObjectResult } = await copy();
    expect(CopyObjectResult).toMatchObject({
      ETag: `"${E_TAG}"`,
      LastModified: expect.any(Date),
      ChecksumCRC32: 'NhCmhg==',
    });
    const { Body, ...read } = await s3.client.send(new GetObjectCommand(TARGET));
    expect(await Body?.transformToString()).toBe('hello');
    expect(read).toMatchObject({ ContentType: 'image/jpeg', Metadata: { camera: 'M6' } });
    expect(s3.changes).toMatchObject([
      { eventName: 'ObjectCreated:Copy', key: TARGET.Key, size: 5, eTag: E_TAG },
    ]);
    expect(await s3.bodies()).toHaveLength(2);
  });

  test('that replaces has none of the source but its bytes', async () => {
    await copy({ MetadataDirective: 'REPLACE', ContentType: 'image/webp', Metadata: { a: 'b' } });
    const head = await s3.client.send(new HeadObjectCommand(TARGET));
    expect(head).toMatchObject({ ContentType: 'image/webp', Metadata: { a: 'b' }, ContentLength: 5 });
  });

  test('onto itself must replace', async () => {
    await expect(copy(SOURCE)).rejects.toMatchObject({ name: 'InvalidRequest' });
    await copy({ ...SOURCE, MetadataDirective: 'REPLACE', Metadata: { a: 'b' } });
    const { Body, Metadata } = await s3.client.send(new GetObjectCommand(SOURCE));
    expect([await Body?.transformToString(), Metadata]).toEqual(['hello', { a: 'b' }]);
  });

  test('gets the checksum that is asked for', async () => {
    const { CopyObjectResult } = await copy({ ChecksumAlgorithm: 'SHA256' });
    expect(CopyObjectResult).toMatchObject({
      ChecksumSHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
    });
  });

  test.each([
    { CopySourceIfMatch: `"${E_TAG}"` },
    { CopySourceIfMatch: `"${E_TAG}"`, CopySourceIfUnmodifiedSince: YESTERDAY },
    { CopySourceIfNoneMatch: '"other"' },
    { CopySourceIfModifiedSince: YESTERDAY },
    { CopySourceIfUnmodifiedSince: TOMORROW },
    { IfNoneMatch: '*' },
    { CopySource: `/${CopySource}` },
    { CopySource: `${CopySource}?versionId=null` },
  ] as Partial<CopyObjectCommandInput>[])('is made with %j', async (input) => {
    expect((await copy(input)).CopyObjectResult?.ETag).toBe(`"${E_TAG}"`);
  });

  test('is refused where the source was not written again since it was there', async () => {
    const refused = copy({ CopySourceIfModifiedSince: new Date() });
    await expect(refused).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test.each([
    ['PreconditionFailed', { CopySourceIfMatch: '"other"' }],
    ['PreconditionFailed', { CopySourceIfNoneMatch: `"${E_TAG}"` }],
    ['PreconditionFailed', { CopySourceIfNoneMatch: `"${E_TAG}"`, CopySourceIfModifiedSince: YESTERDAY }],
    ['PreconditionFailed', { CopySourceIfUnmodifiedSince: YESTERDAY }],
    ['NoSuchKey', { IfMatch: '*' }],
    ['NoSuchKey', { CopySource: `${BUCKET}/none` }],
    ['NoSuchBucket', { CopySource: 'other/none' }],
    ['InvalidArgument', { CopySource: 'nothing' }],
    ['InvalidArgument', { MetadataDirective: 'MOVE' }],
    ['InvalidRequest', { ChecksumAlgorithm: 'MD4' }],
    ['NotImplemented', { CopySource: `${CopySource}?versionId=3` }],
    ['NotImplemented', { TaggingDirective: 'REPLACE' }],
    ['NotImplemented', { CopySourceSSECustomerAlgorithm: 'AES256' }],
  ] as [string, Partial<CopyObjectCommandInput>][])('is refused with %s for %j', async (name, input) => {
    await expect(copy(input)).rejects.toMatchObject({ name });
    expect(s3.changes).toEqual([]);
    expect(await s3.bodies()).toHaveLength(1);
  });
});

test.each([
  ['PUT', { partNumber: '1', uploadId: 'x' }],
  ['GET', {}],
] as [string, Record<string, string>][])('a source is nothing for %s %j', async (method, query) => {
  const path = `/${BUCKET}/x`;
  const headers = { 'x-amz-copy-source': CopySource };
  const signed = await signedHeaders({ port: s3.port, method, path, query, headers });
  const target = `${path}?${new URLSearchParams(query).toString()}`;
  const { body } = await sendPlain(s3.port, { method, path: target, headers: signed });
  expect(xmlText(body, 'Code')).toBe('NotImplemented');
});
