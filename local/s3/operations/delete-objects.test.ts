import { createHash } from 'node:crypto';
import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BUCKET, sendPlain, startS3ForTests, xmlText, type S3ForTests } from '../s3-for-tests.ts';
import { signedHeaders } from '../signing-for-tests.ts';

const KEYS = ['a&<b>.jpg', 'año  1.jpg', 'line\nbreak'];

let s3: S3ForTests;

beforeAll(async () => {
  s3 = await startS3ForTests();
});

afterAll(() => s3.stop());

beforeEach(async () => {
  for (const Key of [...KEYS, 'stays']) {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
  }
  s3.changes.length = 0;
});

async function left(): Promise<(string | undefined)[]> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key }) => Key);
}

async function deleteObjects(keys: string[], Quiet = false) {
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet };
  return s3.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete }));
}

const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

async function post(
  body: string,
  more: Record<string, string> = { 'content-md5': md5(body) },
): Promise<string | undefined> {
  const path = `/${BUCKET}`;
  const signed = await signedHeaders({
    port: s3.port,
    method: 'POST',
    path,
    query: { delete: '' },
    headers: more,
  });
  const answer = await sendPlain(s3.port, { method: 'POST', path: `${path}?delete`, headers: signed, body });
  return xmlText(answer.body, 'Code');
}

describe('a deletion of several', () => {
  test('takes each away, tells of each, and makes an event of each, also where it never was', async () => {
    const keys = [...KEYS, 'never'];
    const { Deleted, Errors } = await deleteObjects(keys);
    expect(Deleted).toEqual(keys.map((Key) => ({ Key })));
    expect(Errors).toBeUndefined();
    expect(s3.changes.map(({ eventName, key }) => [eventName, key])).toEqual(
      keys.map((key) => ['ObjectRemoved:Delete', key]),
    );
    expect(s3.changes.some((change) => 'size' in change || 'eTag' in change)).toBe(false);
    expect(await left()).toEqual(['stays']);
  });

  test('that is quiet tells of failures only', async () => {
    const tooLong = 'ñ'.repeat(513);
    const { Deleted, Errors } = await deleteObjects([...KEYS, tooLong], true);
    expect(Deleted).toBeUndefined();
    expect(Errors).toMatchObject([{ Key: tooLong, Code: 'KeyTooLongError' }]);
    expect(await left()).toEqual(['stays']);
  });

  test('takes 1,000 keys and no more', async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `many/${index}`);
    await expect(deleteObjects(keys)).rejects.toMatchObject({ name: 'MalformedXML' });
    expect(s3.changes).toEqual([]);
    expect((await deleteObjects(keys.slice(1))).Deleted).toHaveLength(1000);
  });

  const one = '<Delete><Object><Key>stays</Key></Object></Delete>';

  test.each([
    ['MalformedXML', '<Delete></Delete>', undefined],
    ['MalformedXML', '<Delete><Object/></Delete>', undefined],
    ['MalformedXML', '<Remove><Object><Key>stays</Key></Object></Remove>', undefined],
    ['MalformedXML', '<Delete><Object>', undefined],
    ['InvalidRequest', one, {}],
    ['BadDigest', one, { 'content-md5': md5('other') }],
    ['BadDigest', one, { 'x-amz-checksum-crc32': 'AAAAAA==' }],
    ['NotImplemented', one.replace('</Key>', '</Key><ETag>x</ETag>'), undefined],
    ['NotImplemented', one.replace('</Key>', '</Key><VersionId>3</VersionId>'), undefined],
  ] as [string, string, Record<string, string> | undefined][])(
    'removes nothing when it answers %s: %s %j',
    async (code, body, headers) => {
      expect(await post(body, headers)).toBe(code);
      expect(await left()).toContain('stays');
      expect(s3.changes).toEqual([]);
    },
  );

  test('is taken with its MD5 from clients that know no checksums', async () => {
    expect(await post(one)).toBeUndefined();
    expect(await left()).not.toContain('stays');
  });
});
