import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import type { ImageRecord } from '../../core/image-record.ts';
import type { ImageRecords } from '../../core/ports.ts';
import { Unavailable } from '../../core/errors.ts';
import { imageTable } from './image-table.ts';

const TableName = 'ImageMetadata';
const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;
let records: ImageRecords;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = clientAt(server);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['image_id', 'listing'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [{ AttributeName: 'image_id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by_id',
          KeySchema: [
            { AttributeName: 'listing', KeyType: 'HASH' },
            { AttributeName: 'image_id', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  records = imageTable({
    tableName: TableName,
    bucket: 'images',
    client: DynamoDBDocumentClient.from(client),
  });
});

afterAll(async () => {
  client.destroy();
  server.close();
  await once(server, 'close');
});

function clientAt(server: Server, options: { maxAttempts?: number } = {}): DynamoDBClient {
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials,
    ...options,
  });
}

function record(id: string, change: Partial<ImageRecord> = {}): ImageRecord {
  return {
    image_id: id,
    bucket: 'images',
    name: id,
    size: 1,
    url: `https://images.example/${id}`,
    content_type: 'image/png',
    format: 'png',
    width: 2,
    height: 3,
    etag: 'e',
    created_at: '2026-01-01T00:00:00.000Z',
    last_modified: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    exif: { make: 'Canon', f_number: 5.6 },
    ...change,
  };
}

const item = async (id: string) =>
  (await DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName, Key: { image_id: id } }))).Item;

describe('a write if newer', () => {
  test('gives back what it wrote, in the order of the contract, under a version', async () => {
    const whole = record('a');
    expect(await records.writeIfNewer('a', { order: '0A', record: whole })).toBe('written');
    const stored = await records.get('a');
    expect(stored).toEqual({ id: 'a', order: '0A', record: whole, version: expect.any(String) });
    expect(Object.keys(stored?.record ?? {})).toEqual(Object.keys(whole));
  });

  test('replaces what is older, and nothing that is as new or newer', async () => {
    const write = (order: string) =>
      records.writeIfNewer('b', { order, record: record('b', { etag: order }) });
    const results = [];
    for (const order of ['09', '0A', '0A', '09', '0A1', '0B', '']) results.push(await write(order));
    expect(results).toEqual([
      'written',
      'written',
      'superseded',
      'superseded',
      'written',
      'written',
      'superseded',
    ]);
    expect((await records.get('b'))?.record?.etag).toBe('0B');
  });

  test('of a known order replaces what is of unknown order', async () => {
    await records.writeIfNewer('c', { order: '', record: record('c') });
    expect(await records.writeIfNewer('c', { order: '', record: record('c') })).toBe('superseded');
    expect(await records.writeIfNewer('c', { order: '01', record: record('c') })).toBe('written');
  });

  test('leaves nothing of the record before it, except when it was first seen', async () => {
    await records.writeIfNewer('d', { order: '01', record: record('d', { has_gps: true }) });
    const { exif: _, ...next } = record('d', { created_at: '2027-01-01T00:00:00.000Z' });
    await records.writeIfNewer('d', { order: '02', record: next });
    expect((await records.get('d'))?.record).toEqual({ ...next, created_at: '2026-01-01T00:00:00.000Z' });
    expect(await item('d')).toMatchObject({ created_key: '2026-01-01T00:00:00.000Z#d', listing: 'images#0' });
  });

  test('of a tombstone leaves the order and when it ends, in no index', async () => {
    await records.writeIfNewer('e', { order: '01', record: record('e') });
    const expiresAt = new Date('2026-12-01T00:00:00.000Z');
    await records.writeIfNewer('e', { order: '02', record: null, expiresAt });
    expect(await records.get('e')).toEqual({
      id: 'e',
      order: '02',
      record: null,
      expiresAt,
      version: expect.any(String),
    });
    expect(await item('e')).toEqual({
      image_id: 'e',
      sequencer: '02',
      deleted: true,
      expires_at: expiresAt.getTime() / 1000,
      rev: expect.any(String),
    });
  });

  test('after a tombstone is a new life: no trace of the tombstone, and first seen anew', async () => {
    await records.writeIfNewer('f', { order: '01', record: record('f') });
    await records.writeIfNewer('f', { order: '02', record: null, expiresAt: new Date(), pruned: true });
    const again = record('f', { created_at: '2027-01-01T00:00:00.000Z' });
    await records.writeIfNewer('f', { order: '03', record: again });
    expect(await records.get('f')).toEqual({
      id: 'f',
      order: '03',
      record: again,
      version: expect.any(String),
    });
  });
});

describe('a tombstone made by hand', () => {
  const tombstone = { order: '', record: null, pruned: true, upload: 'upload-1' };

  test('does not give way to the event of the upload that it was made of', async () => {
    await records.writeIfNewer('p', { order: '', record: record('p'), upload: 'upload-1' });
    const seen = await records.get('p');
    await records.writeIfUnchanged('p', seen?.version ?? null, tombstone);
    const event = { order: '01', record: record('p') };
    expect(await records.writeIfNewer('p', { ...event, upload: 'upload-1' })).toBe('superseded');
    expect(await records.get('p')).toMatchObject(tombstone);
    expect(await records.writeIfNewer('p', { ...event, upload: 'upload-2' })).toBe('written');
    expect(await records.get('p')).toMatchObject({ order: '01', upload: 'upload-2' });
  });

  test('gives way to a newer object that came another way', async () => {
    await records.writeIfNewer('q', tombstone);
    expect(await records.writeIfNewer('q', { order: '01', record: record('q') })).toBe('written');
  });
});

describe('a write if unchanged', () => {
  test('where nothing was seen wants nothing there', async () => {
    expect(await records.writeIfUnchanged('g', null, { order: '', record: record('g') })).toBe('written');
    expect(await records.writeIfUnchanged('g', null, { order: '', record: record('g') })).toBe('changed');
  });

  test('lets only one of two pass that saw the same version', async () => {
    await records.writeIfNewer('h', { order: '05', record: record('h') });
    const seen = await records.get('h');
    const write = () =>
      records.writeIfUnchanged('h', seen?.version ?? null, { order: '05', record: null, pruned: true });
    expect((await Promise.all([write(), write()])).sort()).toEqual(['changed', 'written']);
    expect(await records.get('h')).toMatchObject({ order: '05', record: null, pruned: true });
  });
});

describe('a page of the listing', () => {
  const ids = ['l/~', 'l/ñ', 'l/🐈', 'l/Z', 'l/a', 'l/a//b', 'l/ﬀ'];
  beforeAll(async () => {
    for (const id of [...ids, 'm/1']) await records.writeIfNewer(id, { order: '01', record: record(id) });
    await records.writeIfNewer('l/gone', { order: '02', record: null });
  });

  test('has the records below the prefix in the byte order of UTF-8, and no tombstones', async () => {
    const { items } = await records.list({ prefix: 'l/', limit: 100 });
    const inByteOrder = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(items.map(({ id }) => id)).toEqual(inByteOrder);
  });

  test('goes on after an id, and says where the end is', async () => {
    const first = await records.list({ prefix: 'l/', limit: 4 });
    expect(first.end).toBe(false);
    const second = await records.list({ prefix: 'l/', limit: 4, after: first.items.at(-1)?.id });
    expect([...first.items, ...second.items]).toHaveLength(ids.length);
    expect(second.end).toBe(true);
  });
});

test('the longest id has index keys that DynamoDB takes, cut where a character ends', async () => {
  for (const id of ['n'.repeat(1024), `x${'ñ'.repeat(511)}`, '🐈'.repeat(256)]) {
    await records.writeIfNewer(id, { order: '01', record: record(id) });
    const key = String((await item(id))?.['created_key']);
    expect(Buffer.byteLength(key)).toBeGreaterThan(1020);
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
    expect(`2026-01-01T00:00:00.000Z#${id}`.startsWith(key)).toBe(true);
  }
});

test('an id that no object can have is not found, and neither is what follows it', async () => {
  const long = 'ñ'.repeat(513);
  expect(await records.get(long)).toBeNull();
  expect(await records.list({ prefix: long, limit: 1 })).toEqual({ items: [], end: true });
  expect(await records.list({ prefix: '', after: long, limit: 1 })).toEqual({ items: [], end: true });
});

test('a table that has a fault of its own is unavailable', async () => {
  const faulty = createServer((_, response) => response.writeHead(500).end('{}'));
  faulty.listen(0, '127.0.0.1');
  await once(faulty, 'listening');
  const broken = clientAt(faulty, { maxAttempts: 1 });
  const table = imageTable({
    tableName: TableName,
    bucket: 'images',
    client: DynamoDBDocumentClient.from(broken),
  });
  await expect(table.get('a')).rejects.toThrow(Unavailable);
  broken.destroy();
  faulty.close();
});

test('a table that is not there is a fault of ours', async () => {
  const table = imageTable({
    tableName: 'Nowhere',
    bucket: 'images',
    client: DynamoDBDocumentClient.from(client),
  });
  await expect(table.get('a')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
