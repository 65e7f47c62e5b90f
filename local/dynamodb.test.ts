import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamoDb, ensureTable, startDynamoDb } from './dynamodb.ts';

const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=a',
};

let folder: string;
let dynamoDb: DynamoDb | undefined;
let crashes: Error[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabla '));
  crashes = [];
});

afterEach(async () => {
  await dynamoDb?.close();
  dynamoDb = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(port = 0): Promise<DynamoDb> {
  const settings = { path: join(folder, 'dynamodb'), region: 'us-east-1', accountId: '123456789012' };
  return startDynamoDb({ ...settings, port, onCrash: (error) => crashes.push(error) });
}

async function send(operation: string, body: string): Promise<Record<string, unknown>> {
  const target = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
  const response = await fetch(dynamoDb?.endpoint ?? '', {
    method: 'POST',
    headers: { ...headers, ...target },
    body,
  });
  return (await response.json()) as Record<string, unknown>;
}

const item = { image_id: { S: 'uploads/a' }, listing: { S: 'b#0' }, created_key: { S: '2026' } };

async function query(index: string): Promise<unknown> {
  const KeyConditionExpression = 'listing = :l';
  const ExpressionAttributeValues = { ':l': { S: 'b#0' } };
  const input = { TableName: 'Table', IndexName: index, KeyConditionExpression, ExpressionAttributeValues };
  return (await send('Query', JSON.stringify(input)))['Items'];
}

describe('DynamoDB', () => {
  it('has the table with its two indexes, and keeps it', async () => {
    dynamoDb = await start();
    await ensureTable(dynamoDb.endpoint, 'Table');
    await send('PutItem', JSON.stringify({ TableName: 'Table', Item: item }));
    await dynamoDb.close();
    dynamoDb = await start();
    await ensureTable(dynamoDb.endpoint, 'Table');
    expect(await query('by_id')).toEqual([item]);
    expect(await query('by_created')).toEqual([item]);
  });

  it('outlives a client that leaves in the middle of a request', async () => {
    dynamoDb = await start();
    await ensureTable(dynamoDb.endpoint, 'Table');
    const socket = connect(Number(new URL(dynamoDb.endpoint).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await query('by_id')).toEqual([]);
    expect(crashes).toEqual([]);
  });

  it('comes back with all it had where dynalite falls over', async () => {
    dynamoDb = await start();
    await ensureTable(dynamoDb.endpoint, 'Table');
    await send('PutItem', JSON.stringify({ TableName: 'Table', Item: item }));
    await expect(send('GetItem', 'null')).rejects.toThrow();
    let items: unknown;
    for (let i = 0; i < 200 && items === undefined; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      items = await query('by_id').catch(() => undefined);
    }
    expect(items).toEqual([item]);
    expect(crashes).toHaveLength(1);
  });

  it('names the port that is in use', async () => {
    dynamoDb = await start();
    const port = Number(new URL(dynamoDb.endpoint).port);
    const other = join(folder, 'other');
    const settings = { path: other, port, region: 'us-east-1', accountId: '1', onCrash: () => undefined };
    await expect(startDynamoDb(settings)).rejects.toThrow(
      `Port ${port}, which DynamoDB needs, is in use: stop`,
    );
  });
});
