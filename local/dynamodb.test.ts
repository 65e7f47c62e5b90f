import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamoDb, startDynamoDb } from './dynamodb.ts';
import { type DynamoDbForTests, ITEM, TABLE, dynamoDbForTests, itemsIn, send } from './dynamodb-for-tests.ts';
import { ensureTable } from './dynamodb-table.ts';

let dynamoDb: DynamoDbForTests;

beforeEach(async () => {
  dynamoDb = await dynamoDbForTests();
  await dynamoDb.start();
});

afterEach(() => dynamoDb.clear());

/** dynalite throws where nobody can catch. */
async function makeItFall(): Promise<void> {
  await expect(send(dynamoDb.endpoint, 'GetItem', 'null')).rejects.toThrow();
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 400; look++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('It never came to be');
}

async function isUp(): Promise<boolean> {
  return send(dynamoDb.endpoint, 'ListTables', {}).then(
    () => true,
    () => false,
  );
}

describe('DynamoDB', () => {
  it('outlives a client that leaves in the middle of a request', async () => {
    const socket = connect(dynamoDb.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await isUp()).toBe(true);
    expect(dynamoDb.crashes).toEqual([]);
  });

  it('is not there for a page in a browser', async () => {
    const origin = { origin: 'https://page.example' };
    for (const method of ['OPTIONS', 'POST']) {
      const { status, headers } = await fetch(dynamoDb.endpoint, { method, headers: origin });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
    expect(await isUp()).toBe(true);
  });

  it('comes back with all it had where dynalite falls over', async () => {
    await ensureTable(dynamoDb.endpoint, TABLE);
    await send(dynamoDb.endpoint, 'PutItem', { TableName: TABLE, Item: ITEM });
    await makeItFall();
    await until(isUp);
    expect(await itemsIn(dynamoDb.endpoint, 'by_id')).toEqual([ITEM]);
    expect(dynamoDb.crashes).toHaveLength(1);
  });

  it('is started again until that succeeds', async () => {
    await makeItFall();
    const other = createServer((socket) => socket.destroy());
    await once(other.listen(dynamoDb.port, '127.0.0.1'), 'listening');
    await until(() => dynamoDb.crashes.length === 3);
    other.close();
    const busy = `Port ${dynamoDb.port}, which DynamoDB needs, is in use`;
    for (const crash of dynamoDb.crashes.slice(1)) expect(String(crash)).toContain(busy);
    await until(isUp);
  });

  it('can be closed before it is started again', async () => {
    await makeItFall();
    await until(() => dynamoDb.crashes.length === 1);
    await dynamoDb.end();
    expect(await isUp()).toBe(false);
  });

  it('says so where its thread ends before it is ready', async () => {
    const settings = { path: '', port: 0, region: '', accountId: '', onCrash: () => undefined };
    const started = (code: string): Promise<DynamoDb> =>
      startDynamoDb(settings, new URL(`data:text/javascript,${code}`));
    await expect(started('')).rejects.toThrow("DynamoDB can't start: its thread ended with code 0.");
    await expect(started('throw Error("no")')).rejects.toThrow("DynamoDB can't start: no.");
  });

  it('names the port that is in use', async () => {
    const { folder, port } = dynamoDb;
    const settings = { path: folder, port, region: 'us-east-1', accountId: '1', onCrash: () => undefined };
    await expect(startDynamoDb(settings)).rejects.toThrow(
      `Port ${port}, which DynamoDB needs, is in use: stop`,
    );
  });
});
