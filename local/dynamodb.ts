import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { StackError } from './stack-error.ts';
import { portInUse } from './listen.ts';

const HOST = '127.0.0.1';
const RESTART_AFTER_MS = 500;

export interface DynamoDbOptions {
  /** Where the tables lie. */
  path: string;
  /** 0 for a free one. */
  port: number;
  region: string;
  accountId: string;
  /** It ended without being asked to; it is started again. */
  onCrash: (error: Error) => void;
}

export interface DynamoDb {
  endpoint: string;
  close: () => Promise<void>;
}

type Message = { type: 'ready'; port: number } | { type: 'failed'; code: string; message: string };

/** DynamoDB, by dynalite. Throws StackError where the port is taken. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  let isClosing = false;
  const first = await startWorker(options, options.port);
  const { port } = first;
  let { worker } = first;
  const watch = (): void => {
    worker.on('error', options.onCrash);
    worker.on('exit', () => void restart().catch(options.onCrash));
  };
  const restart = async (): Promise<void> => {
    if (isClosing) return;
    await wait(RESTART_AFTER_MS);
    ({ worker } = await startWorker(options, port));
    watch();
  };
  watch();
  const close = async (): Promise<void> => {
    isClosing = true;
    const ended = once(worker, 'exit');
    worker.postMessage('close');
    await ended;
  };
  return { endpoint: `http://${HOST}:${port}`, close };
}

async function startWorker(
  options: DynamoDbOptions,
  port: number,
): Promise<{ worker: Worker; port: number }> {
  const worker = new Worker(new URL('./dynamodb-worker.mjs', import.meta.url), {
    name: 'dynamodb',
    execArgv: [],
    env: { AWS_REGION: options.region, AWS_ACCOUNT_ID: options.accountId },
    workerData: { path: options.path, host: HOST, port },
    // What it prints is about itself.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  const [message] = (await once(worker, 'message')) as [Message]; // or it throws the worker's error
  if (message.type === 'ready') return { worker, port: message.port };
  await worker.terminate();
  if (message.code === 'EADDRINUSE') throw portInUse('DynamoDB', port);
  throw new StackError(`DynamoDB can't listen on port ${port}: ${message.message}.`);
}

/** Makes the table where it is absent, as Terraform does on AWS. */
export async function ensureTable(endpoint: string, table: string): Promise<void> {
  const string = (name: string): object => ({ AttributeName: name, AttributeType: 'S' });
  const index = (name: string, sortKey: string): object => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: 'listing', KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  });
  const created = await call(endpoint, 'CreateTable', {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['image_id', 'listing', 'created_key'].map(string),
    KeySchema: [{ AttributeName: 'image_id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [index('by_id', 'image_id'), index('by_created', 'created_key')],
  });
  const type = created['__type'];
  if (typeof type === 'string' && !type.endsWith('#ResourceInUseException'))
    throw new Error(JSON.stringify(created));
  await untilActive(endpoint, table);
}

async function untilActive(endpoint: string, table: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { Table } = await call(endpoint, 'DescribeTable', { TableName: table });
    if ((Table as { TableStatus?: string } | undefined)?.TableStatus === 'ACTIVE') return;
    await wait(10);
  }
  // An end of the process within the millisecond in which the table was made.
  throw new StackError(`The table ${table} is half made: start once more with --reset.`);
}

/** Without the SDK, which alone takes longer to load than all else here; dynalite checks no signature. */
async function call(endpoint: string, operation: string, input: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none',
    },
  });
  return (await response.json()) as Record<string, unknown>;
}
