import { ListObjectsCommand, PutObjectCommand, type ListObjectsCommandInput } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUCKET, sendPlain, startS3ForTests, xmlText, type S3ForTests } from '../s3-for-tests.ts';
import { signedHeaders } from '../signing-for-tests.ts';

const KEYS = ['a', 'x/1', 'x/2', 'y/1', 'z ñ&1', '🦊'];

let s3: S3ForTests;

beforeAll(async () => {
  s3 = await startS3ForTests();
  for (const Key of KEYS) await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
});

afterAll(() => s3.stop());

async function list(input: Partial<ListObjectsCommandInput> = {}) {
  return s3.client.send(new ListObjectsCommand({ Bucket: BUCKET, ...input }));
}

async function listRaw(query: Record<string, string>): Promise<{ status: number; body: string }> {
  const headers = await signedHeaders({ port: s3.port, path: `/${BUCKET}`, query });
  return sendPlain(s3.port, { path: `/${BUCKET}?${new URLSearchParams(query).toString()}`, headers });
}

describe('a listing of the first version', () => {
  test('has every key with its owner', async () => {
    const { Contents = [], ...page } = await list();
    expect(Contents.map(({ Key }) => Key)).toEqual(KEYS);
    expect(Contents[0]).toMatchObject({ Size: 1, Owner: { ID: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(page).toMatchObject({ IsTruncated: false, MaxKeys: 1000, Name: BUCKET });
    expect(page).not.toHaveProperty('NextMarker');
  });

  test('goes on behind the last key, which it does not repeat as a marker', async () => {
    const first = await list({ MaxKeys: 2 });
    expect([first.IsTruncated, first.NextMarker]).toEqual([true, undefined]);
    const { Contents = [], Marker } = await list({ Marker: first.Contents?.at(-1)?.Key });
    expect([Marker, ...Contents.map(({ Key }) => Key)]).toEqual(['x/1', 'x/2', 'y/1', 'z ñ&1', '🦊']);
  });

  test('by a delimiter names each folder once from page to page', async () => {
    const found: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await list({ MaxKeys: 1, Delimiter: '/', Marker });
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(found).toEqual(['a', 'x/', 'y/', 'z ñ&1', '🦊']);
  });

  test('names keys in the encoding of URLs when it is asked to', async () => {
    const { body } = await listRaw({ 'encoding-type': 'url', prefix: 'z ñ', marker: 'z ' });
    expect([xmlText(body, 'Key'), xmlText(body, 'Prefix'), xmlText(body, 'Marker')]).toEqual([
      'z+%C3%B1%261',
      'z+%C3%B1',
      'z+',
    ]);
  });

  test.each([{ 'max-keys': 'many' }, { 'max-keys': '-1' }, { 'encoding-type': 'base64' }] as Record<
    string,
    string
  >[])('is refused with %j', async (query) => {
    const { status, body } = await listRaw(query);
    expect([status, xmlText(body, 'Code')]).toEqual([400, 'InvalidArgument']);
  });
});
