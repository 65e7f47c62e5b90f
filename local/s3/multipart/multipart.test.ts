import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BUCKET, sendPlain, startS3ForTests, xmlText, type S3ForTests } from '../s3-for-tests.ts';
import { signedHeaders } from '../signing-for-tests.ts';

const MIN = 5 * 1024 * 1024;
const BIG = randomBytes(MIN);
const SMALL = Buffer.from('the last part');

let s3: S3ForTests;
let count = 0;
let at: { Bucket: string; Key: string };

beforeAll(async () => {
  s3 = await startS3ForTests();
});

afterAll(() => s3.stop());

beforeEach(() => {
  count += 1;
  at = { Bucket: BUCKET, Key: `uploads/${count} ñ.bin` };
  s3.changes.length = 0;
});

/** What a test leaves open would be in the way of the next. */
afterEach(async () => {
  const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  for (const { Key, UploadId } of Uploads) {
    await s3.client.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key, UploadId }));
  }
});

async function create(input: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> {
  const { UploadId = '' } = await s3.client.send(
    new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'CRC32', ...input }),
  );
  return UploadId;
}

type Part = { PartNumber: number; ETag?: string | undefined };

async function upload(
  UploadId: string,
  PartNumber: number,
  Body: Buffer,
  ChecksumAlgorithm: ChecksumAlgorithm = 'CRC32',
): Promise<Part> {
  const input = { ...at, UploadId, PartNumber, Body, ChecksumAlgorithm };
  const { $metadata: _, ...part } = await s3.client.send(new UploadPartCommand(input));
  return { PartNumber, ...part };
}

async function complete(
  UploadId: string,
  Parts: Part[],
  input: Partial<CompleteMultipartUploadCommandInput> = {},
) {
  return s3.client.send(
    new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts }, ...input }),
  );
}

async function read(Range?: string): Promise<Buffer> {
  const { Body } = await s3.client.send(new GetObjectCommand({ ...at, Range }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

function multipartETag(...parts: Buffer[]): string {
  const each = parts.map((part) => createHash('md5').update(part).digest());
  return `${createHash('md5').update(Buffer.concat(each)).digest('hex')}-${parts.length}`;
}

describe('a completed upload', () => {
  test('is one object with its parts in order, what it was begun with, and one event', async () => {
    const before = (await s3.bodies()).length;
    const UploadId = await create({ ContentType: 'image/tiff', Metadata: { camera: 'M6' } });
    const last = await upload(UploadId, 7, SMALL);
    const first = await upload(UploadId, 2, BIG);
    const { ETag, Key } = await complete(UploadId, [first, last]);
    expect([ETag, Key]).toEqual([`"${multipartETag(BIG, SMALL)}"`, at.Key]);
    expect((await read()).equals(Buffer.concat([BIG, SMALL]))).toBe(true);
    expect(
      (await read(`bytes=${MIN - 2}-${MIN + 2}`)).equals(
        Buffer.concat([BIG.subarray(-2), SMALL.subarray(0, 3)]),
      ),
    ).toBe(true);
    expect(await s3.client.send(new HeadObjectCommand(at))).toMatchObject({
      ContentType: 'image/tiff',
      Metadata: { camera: 'M6' },
      ContentLength: MIN + SMALL.length,
    });
    expect(s3.changes).toMatchObject([
      {
        eventName: 'ObjectCreated:CompleteMultipartUpload',
        key: at.Key,
        size: MIN + SMALL.length,
        eTag: multipartETag(BIG, SMALL),
      },
    ]);
    expect(await s3.bodies()).toHaveLength(before + 1);
    await expect(complete(UploadId, [first, last])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('takes the parts that it names, the newest of each number, and drops the rest', async () => {
    const before = (await s3.bodies()).length;
    const UploadId = await create();
    await upload(UploadId, 1, Buffer.from('replaced'));
    const newest = await upload(UploadId, 1, SMALL);
    await upload(UploadId, 2, Buffer.from('not named'));
    await complete(UploadId, [newest]);
    expect((await read()).equals(SMALL)).toBe(true);
    expect(await s3.bodies()).toHaveLength(before + 1);
  });

  test.each([
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
    ['CRC64NVME', 'FULL_OBJECT'],
  ] as const)('has the %s of the whole where that is asked', async (ChecksumAlgorithm, ChecksumType) => {
    const field = `Checksum${ChecksumAlgorithm}` as const;
    const UploadId = await create({ ChecksumAlgorithm, ChecksumType });
    const parts = [
      await upload(UploadId, 1, BIG, ChecksumAlgorithm),
      await upload(UploadId, 2, SMALL, ChecksumAlgorithm),
    ];
    const done = await complete(UploadId, parts, { ChecksumType });
    const whole = { ...at, Key: 'whole', Body: Buffer.concat([BIG, SMALL]), ChecksumAlgorithm };
    const put = await s3.client.send(new PutObjectCommand(whole));
    expect(done).toMatchObject({ [field]: put[field], ChecksumType });
    const head = await s3.client.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ [field]: put[field], ChecksumType });
  });

  test('has a checksum of its checksums by default', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'SHA256' });
    const parts = [await upload(UploadId, 1, BIG, 'SHA256'), await upload(UploadId, 2, SMALL, 'SHA256')];
    const sha = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
    expect(await complete(UploadId, parts)).toMatchObject({
      ChecksumSHA256: `${sha(Buffer.concat([sha(BIG), sha(SMALL)])).toString('base64')}-2`,
      ChecksumType: 'COMPOSITE',
    });
    expect((await read()).length).toBe(MIN + SMALL.length);
  });

  test('under a condition is won by one of many', async () => {
    const uploads = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const UploadId = await create();
        return { UploadId, part: await upload(UploadId, 1, SMALL) };
      }),
    );
    const outcomes = await Promise.allSettled(
      uploads.map(({ UploadId, part }) => complete(UploadId, [part], { IfNoneMatch: '*' })),
    );
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(4);
    for (const { reason } of lost) expect(reason).toMatchObject({ name: 'PreconditionFailed' });
    expect(s3.changes).toHaveLength(1);
    const other = uploads[outcomes.findIndex(({ status }) => status === 'rejected')];
    if (other === undefined) throw new Error('One must have lost');
    await complete(other.UploadId, [other.part], { IfMatch: `"${multipartETag(SMALL)}"` });
  });
});

describe('a completion is refused', () => {
  const bad = `"${'0'.repeat(32)}"`;
  test.each([
    ['InvalidPart', (one: Part) => [{ ...one, ETag: bad }]],
    ['InvalidPart', (one: Part) => [{ ...one, ChecksumCRC32: 'AAAAAA==' }]],
    ['InvalidPart', (one: Part, two: Part) => [one, { ...two, PartNumber: 3 }]],
    ['InvalidPartOrder', (one: Part, two: Part) => [two, one]],
    ['InvalidPartOrder', (one: Part) => [one, one]],
    ['EntityTooSmall', (one: Part, two: Part) => [one, two]],
    ['InvalidRequest', (one: Part) => [{ PartNumber: 1, ETag: one.ETag }]],
    ['MalformedXML', () => []],
  ] as [string, (one: Part, two: Part) => Part[]][])(
    'with %s, and the upload goes on',
    async (name, parts) => {
      const UploadId = await create();
      const [one, two] = [await upload(UploadId, 1, SMALL), await upload(UploadId, 2, SMALL)];
      await expect(complete(UploadId, parts(one, two))).rejects.toMatchObject({ name });
      expect(s3.changes).toEqual([]);
      await complete(UploadId, [one]);
      expect((await read()).equals(SMALL)).toBe(true);
    },
  );

  test.each([
    ['BadDigest', { ChecksumCRC32: 'AAAAAA==' }],
    ['InvalidRequest', { ChecksumType: 'FULL_OBJECT' }],
    ['InvalidRequest', { MpuObjectSize: 4 }],
    ['NoSuchKey', { IfMatch: '*' }],
  ] as [string, Partial<CompleteMultipartUploadCommandInput>][])('with %s for %j', async (name, input) => {
    const UploadId = await create();
    const part = await upload(UploadId, 1, SMALL);
    const before = (await s3.bodies()).length;
    await expect(complete(UploadId, [part], input)).rejects.toMatchObject({ name });
    expect(await s3.bodies()).toHaveLength(before);
  });

  test('when it is no XML', async () => {
    const path = `/${BUCKET}/x`;
    const query = { uploadId: await create({ Key: 'x' }) };
    const headers = await signedHeaders({ port: s3.port, method: 'POST', path, query });
    const target = `${path}?uploadId=${query.uploadId}`;
    const { body } = await sendPlain(s3.port, { method: 'POST', path: target, headers, body: '{}' });
    expect(xmlText(body, 'Code')).toBe('MalformedXML');
  });
});

describe('an upload', () => {
  test.each([
    [{ ChecksumType: 'FULL_OBJECT', ChecksumAlgorithm: 'SHA1' }],
    [{ ChecksumType: 'COMPOSITE', ChecksumAlgorithm: 'CRC64NVME' }],
    [{ ChecksumAlgorithm: 'MD4' }],
  ] as unknown as [Partial<CreateMultipartUploadCommandInput>][])('is not begun with %j', async (input) => {
    await expect(create(input)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('takes no part with another checksum, a wrong one, or a number out of range', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'CRC32' });
    await expect(upload(UploadId, 1, SMALL, 'SHA1')).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(upload(UploadId, 10_001, SMALL)).rejects.toMatchObject({ name: 'InvalidArgument' });
    const wrong = { ...at, UploadId, PartNumber: 1, Body: SMALL, ChecksumCRC32: 'AAAAAA==' };
    await expect(s3.client.send(new UploadPartCommand(wrong))).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(upload('none', 1, SMALL)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    const { Parts } = await s3.client.send(new ListPartsCommand({ ...at, UploadId }));
    expect(Parts).toBeUndefined();
  });

  test.each(['WHEN_REQUIRED', 'WHEN_SUPPORTED'] as const)(
    'begun without a checksum gets the CRC64NVME of the whole, parts with checksums %s',
    async (requestChecksumCalculation) => {
      const client = s3.newClient({ requestChecksumCalculation });
      const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand(at));
      const Body = Buffer.from('hello');
      const part = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body }));
      const done = await complete(UploadId, [{ ...part, PartNumber: 1 }]);
      expect(done).toMatchObject({ ChecksumCRC64NVME: 'M3eFcAZSQlc=', ChecksumType: 'FULL_OBJECT' });
    },
  );

  test('is gone with its parts when it was aborted', async () => {
    const before = (await s3.bodies()).length;
    const UploadId = await create();
    await upload(UploadId, 1, SMALL);
    await s3.client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    expect(await s3.bodies()).toHaveLength(before);
    const again = s3.client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    await expect(again).rejects.toMatchObject({ name: 'NoSuchUpload' });
    const list = s3.client.send(new ListPartsCommand({ ...at, UploadId }));
    await expect(list).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(upload(UploadId, 1, SMALL)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    expect(await s3.bodies()).toHaveLength(before);
  });

  test('lists its parts from page to page', async () => {
    const UploadId = await create();
    for (const number of [30, 1, 200]) await upload(UploadId, number, SMALL);
    const page = async (PartNumberMarker?: string) =>
      s3.client.send(new ListPartsCommand({ ...at, UploadId, MaxParts: 2, PartNumberMarker }));
    const first = await page();
    expect(first.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 30]);
    expect(first).toMatchObject({ IsTruncated: true, ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' });
    expect(first.Parts?.[0]).toMatchObject({ Size: SMALL.length, ChecksumCRC32: expect.any(String) });
    const second = await page(first.NextPartNumberMarker);
    expect([second.Parts?.map(({ PartNumber }) => PartNumber), second.IsTruncated]).toEqual([[200], false]);
  });
});

describe('the uploads of a bucket', () => {
  test('are listed by key and age, from page to page, and by folder', async () => {
    const keys = ['a/1', 'a/2', 'b', 'b'];
    const ids: string[] = [];
    for (const Key of keys) ids.push(await create({ Key }));
    const found: [string?, string?][] = [];
    let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (let isMore = true; isMore;) {
      const page = await s3.client.send(
        new ListMultipartUploadsCommand({ Bucket: BUCKET, MaxUploads: 1, ...markers }),
      );
      found.push(...(page.Uploads ?? []).map(({ Key, UploadId }): [string?, string?] => [Key, UploadId]));
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
      isMore = page.IsTruncated === true;
    }
    expect(found.map(([key]) => key)).toEqual(keys);
    expect(new Set(found.map(([, id]) => id))).toEqual(new Set(ids));
    const folders = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Delimiter: '/' }));
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    expect(folders.Uploads?.map(({ Key }) => Key)).toEqual(['b', 'b']);
    const under = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: 'a/' }));
    expect(under.Uploads?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
  });
});
