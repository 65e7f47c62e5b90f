import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamoDbForTests, ITEM, TABLE, dynamoDbForTests, itemsIn, send } from './dynamodb-for-tests.ts';
import { ensureTable } from './dynamodb-table.ts';

let dynamoDb: DynamoDbForTests;

beforeEach(async () => {
  dynamoDb = await dynamoDbForTests();
});

afterEach(() => dynamoDb.clear());

/** It takes an item and has it in both indexes. */
async function expectInUse(): Promise<void> {
  expect(await itemsIn(dynamoDb.endpoint, 'by_id')).toEqual([]);
  expect(await send(dynamoDb.endpoint, 'PutItem', { TableName: TABLE, Item: ITEM })).toEqual({});
  expect(await itemsIn(dynamoDb.endpoint, 'by_id')).toEqual([ITEM]);
  expect(await itemsIn(dynamoDb.endpoint, 'by_created')).toEqual([ITEM]);
}

/** One of our name but with another key. */
const OTHER = {
  TableName: TABLE,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
};

describe('the table', () => {
  it('is made with its two indexes, and keeps what it holds', async () => {
    await dynamoDb.start();
    await ensureTable(dynamoDb.endpoint, TABLE);
    await expectInUse();
    await dynamoDb.start();
    await ensureTable(dynamoDb.endpoint, TABLE);
    expect(await itemsIn(dynamoDb.endpoint, 'by_id')).toEqual([ITEM]);
    expect(await itemsIn(dynamoDb.endpoint, 'by_created')).toEqual([ITEM]);
  });

  it('is made anew where the stack was killed while it made it', async () => {
    await killEnsuringAt('CREATING');
    await dynamoDb.start();
    expect(await statusAt(dynamoDb.endpoint)).toBe('CREATING');
    await ensureTable(dynamoDb.endpoint, TABLE);
    await expectInUse();
  });

  it('is made anew where the stack was killed while it deleted one of another kind', async () => {
    await dynamoDb.start();
    await send(dynamoDb.endpoint, 'CreateTable', OTHER);
    await dynamoDb.end();
    await killEnsuringAt('DELETING');
    await dynamoDb.start();
    expect(await statusAt(dynamoDb.endpoint)).toBe('DELETING');
    await ensureTable(dynamoDb.endpoint, TABLE);
    await expectInUse();
  });

  it('is made anew where one of another kind is empty', async () => {
    await dynamoDb.start();
    await send(dynamoDb.endpoint, 'CreateTable', OTHER);
    await ensureTable(dynamoDb.endpoint, TABLE);
    await expectInUse();
  });

  it('is not made where the data are damaged, and the sentence says what to do', async () => {
    await dynamoDb.start();
    await ensureTable(dynamoDb.endpoint, TABLE);
    await dynamoDb.end();
    await writeFile(join(dynamoDb.path, 'CURRENT'), 'MANIFEST-999999\n');
    await dynamoDb.start();
    await expect(ensureTable(dynamoDb.endpoint, TABLE)).rejects.toThrow(
      'DynamoDB does not answer; its data may be damaged: start with --reset to begin anew.',
    );
  });

  it('is not made where one of another kind holds something', async () => {
    await dynamoDb.start();
    await send(dynamoDb.endpoint, 'CreateTable', OTHER);
    const item = { id: { S: 'mine' } };
    await send(dynamoDb.endpoint, 'PutItem', { TableName: TABLE, Item: item });
    await expect(ensureTable(dynamoDb.endpoint, TABLE)).rejects.toThrow(
      "The table Table can't be used (it is of another version): start once more with --reset.",
    );
    expect((await send(dynamoDb.endpoint, 'Scan', { TableName: TABLE }))['Items']).toEqual([item]);
  });
});

async function statusAt(endpoint: string): Promise<unknown> {
  const { Table } = await send(endpoint, 'DescribeTable', { TableName: TABLE });
  return (Table as { TableStatus: string } | undefined)?.TableStatus;
}

/** Runs {@link ensureTable} against a slow dynalite, which is killed once the table has the status. */
async function killEnsuringAt(status: string): Promise<void> {
  const script = `
    import dynalite from 'dynalite';
    const server = dynalite({ path: process.argv[1], createTableMs: 60_000, deleteTableMs: 60_000 });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const slow = spawn(process.execPath, ['--input-type=module', '--eval', script, dynamoDb.path], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(slow, 'exit');
  const [port] = (await once(slow.stdout, 'data')) as [Buffer];
  const endpoint = `http://127.0.0.1:${port.toString().trim()}`;
  const ensured = ensureTable(endpoint, TABLE);
  ensured.catch(() => undefined);
  for (let look = 0; look < 1_000 && (await statusAt(endpoint)) !== status; look++);
  slow.kill('SIGKILL');
  await ended;
  await expect(ensured).rejects.toThrow();
}
