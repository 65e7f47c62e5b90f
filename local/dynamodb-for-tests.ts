import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamoDb, startDynamoDb } from './dynamodb.ts';

export const TABLE = 'Table';
export const ITEM = { image_id: { S: 'uploads/a' }, listing: { S: 'b#0' }, created_key: { S: '2026' } };

/** DynamoDB on a folder of its own, which outlives its ends. */
export interface DynamoDbForTests {
  folder: string;
  /** Where dynalite keeps its tables. */
  path: string;
  crashes: unknown[];
  endpoint: string;
  port: number;
  /** On a free port; ends the one before. */
  start(): Promise<void>;
  end(): Promise<void>;
  clear(): Promise<void>;
}

export async function dynamoDbForTests(): Promise<DynamoDbForTests> {
  const folder = await mkdtemp(join(tmpdir(), 'tabla '));
  let running: DynamoDb | undefined;
  const forTests: DynamoDbForTests = {
    folder,
    path: join(folder, 'dynamodb'),
    crashes: [],
    endpoint: '',
    port: 0,
    start: async () => {
      await forTests.end();
      const { path, crashes } = forTests;
      const settings = { path, port: 0, region: 'us-east-1', accountId: '123456789012' };
      running = await startDynamoDb({ ...settings, onCrash: (error) => crashes.push(error) });
      forTests.endpoint = running.endpoint;
      forTests.port = Number(new URL(running.endpoint).port);
    },
    end: async () => {
      await running?.close();
      running = undefined;
    },
    clear: async () => {
      await forTests.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return forTests;
}

/** One request; `body` is what becomes JSON, or text that is sent as it is. */
export async function send(
  endpoint: string,
  operation: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=a',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

export async function itemsIn(endpoint: string, index: string): Promise<unknown> {
  const KeyConditionExpression = 'listing = :l';
  const ExpressionAttributeValues = { ':l': { S: 'b#0' } };
  const input = { TableName: TABLE, IndexName: index, KeyConditionExpression, ExpressionAttributeValues };
  return (await send(endpoint, 'Query', input))['Items'];
}
