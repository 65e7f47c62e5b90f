import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import {
  type GatewayOptions,
  type RequestLine as ApiLine,
  createApiGateway,
} from './api-gateway/api-gateway.ts';
import { routesOf } from './api-gateway/routes.ts';
import { FOLDERS, openDataFolder } from './data-folder.ts';
import type { Database } from './database.ts';
import { type DynamoDb, startDynamoDb } from './dynamodb.ts';
import { ensureTable } from './dynamodb-table.ts';
import { type Delivery, EventQueue } from './events/event-queue.ts';
import { PendingEvents } from './events/pending-events.ts';
import { type FunctionRuntime, openRuntime } from './functions/function-runtime.ts';
import { MAX_EVENT_BYTES } from './functions/invocation.ts';
import { closeServer, listen } from './listen.ts';
import * as product from './product.ts';
import type { RequestLine as S3Line } from './s3/exchange.ts';
import { type ObjectStore, openObjectStore } from './s3/object-store.ts';
import { createS3Server } from './s3/server.ts';
import { type Secrets, openSecrets } from './secrets.ts';
import { type StackInfo, removeStackInfo, writeStackInfo } from './stack-info.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** How long what runs may go on when the stack is told to end. */
const GRACE_MS = 1_000;

export interface StackOptions {
  /** Of the API; S3 and DynamoDB take the next two. 0 for three free ones. */
  port: number;
  /** An absolute path. */
  dataFolder: string;
  /** Begins anew. */
  reset?: boolean;
  watcher?: StackWatcher;
}

/** Is told what happens, as it happens. */
export interface StackWatcher {
  onApiRequest(line: ApiLine): void;
  onS3Request(line: S3Line): void;
  onDelivery(delivery: Delivery): void;
  onFault(what: string, error: unknown): void;
}

export interface RunningStack {
  info: StackInfo;
  /** Ends it in an orderly way: what runs gets a second. */
  close(): Promise<void>;
}

interface Parts {
  db: Database;
  dynamoDb?: DynamoDb;
  store?: ObjectStore;
  s3?: Server;
  queue?: EventQueue;
  runtime?: FunctionRuntime;
  api?: Server;
}

/** Everything on one machine, on the loopback address only. Throws StackError. */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { dataFolder } = options;
  const parts: Parts = { db: await openDataFolder(dataFolder, options.reset ?? false) };
  try {
    // One that a killed stack left behind.
    await removeStackInfo(dataFolder);
    const info = await startParts(parts, options);
    await writeStackInfo(dataFolder, info);
    parts.queue?.start();
    parts.runtime?.warm();
    const close = async (): Promise<void> => {
      // First of all: once the database is closed the next stack may have written its own.
      await removeStackInfo(dataFolder);
      await closeParts(parts);
    };
    return { info, close };
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
}

async function startParts(parts: Parts, options: StackOptions): Promise<StackInfo> {
  const secrets = await openSecrets(parts.db);
  const routes = routesOf(parse(await readFile(join(ROOT, 'openapi.yaml'), 'utf8')));
  const dynamoDb = await startTable(parts, options);
  const s3 = await startBucket(parts, options, secrets);
  const apiFunctions = routes.map((route) => route.functionName);
  parts.runtime = await openRuntime({
    functions: product.functionsOf(apiFunctions, secrets, { s3, dynamoDb }),
    bundleFolder: join(ROOT, 'dist'),
    logFolder: join(options.dataFolder, FOLDERS.logs),
  });
  const { invoke } = parts.runtime;
  const api = await startApi(parts, options, { routes, apiKey: secrets.apiKey, invoke });
  return {
    api_url: `${api}/${product.STAGE}`,
    api_key: secrets.apiKey,
    s3_endpoint: s3,
    dynamodb_endpoint: dynamoDb,
    bucket: product.BUCKET,
    table: product.TABLE,
    region: product.REGION,
    access_key_id: secrets.accessKeyId,
    secret_access_key: secrets.secretAccessKey,
    pid: process.pid,
  };
}

async function startTable(parts: Parts, { dataFolder, port, watcher }: StackOptions): Promise<string> {
  parts.dynamoDb = await startDynamoDb({
    path: join(dataFolder, FOLDERS.dynamodb),
    port: port && port + 2,
    region: product.REGION,
    accountId: product.ACCOUNT_ID,
    onCrash: (error) => watcher?.onFault('DynamoDB ended and is started again', error),
  });
  await ensureTable(parts.dynamoDb.endpoint, product.TABLE);
  return parts.dynamoDb.endpoint;
}

async function startBucket(parts: Parts, options: StackOptions, secrets: Secrets): Promise<string> {
  const { dataFolder, port, watcher } = options;
  parts.queue = await openQueue(parts, watcher);
  const folder = join(dataFolder, FOLDERS.objects);
  parts.store = await openObjectStore({ db: parts.db, folder, outbox: parts.queue });
  parts.s3 = createS3Server({
    store: parts.store,
    buckets: [product.BUCKET],
    region: product.REGION,
    credentials: secrets,
    onRequest: (line) => watcher?.onS3Request(line),
  });
  return listen(parts.s3, 'S3', port && port + 1);
}

async function openQueue(parts: Parts, watcher: StackWatcher | undefined): Promise<EventQueue> {
  return new EventQueue({
    events: await PendingEvents.open(parts.db),
    notification: product.NOTIFICATION,
    functionArn: product.EVENT_FUNCTION_ARN,
    concurrency: product.EVENT_LIMITS.environments,
    retryAfterMs: product.RETRY_AFTER_MS,
    invoke: async (payload, requestId) => {
      // The queue is started when all parts are there.
      if (parts.runtime === undefined) throw new Error('The functions are not there yet');
      return parts.runtime.invoke(product.EVENT_FUNCTION, payload, {
        requestId,
        maxRequestBytes: MAX_EVENT_BYTES,
      });
    },
    onDelivery: (delivery) => watcher?.onDelivery(delivery),
    onError: (error) => watcher?.onFault('An event could not be taken off the queue', error),
  });
}

async function startApi(
  parts: Parts,
  { port, watcher }: StackOptions,
  served: Pick<GatewayOptions, 'routes' | 'apiKey' | 'invoke'>,
): Promise<string> {
  const { STAGE: stage, API_ID: apiId, ACCOUNT_ID: accountId } = product;
  const onRequest = (line: ApiLine): void => watcher?.onApiRequest(line);
  parts.api = createApiGateway({ ...served, stage, apiId, accountId, onRequest });
  return listen(parts.api, 'the API', port);
}

async function closeParts({ db, dynamoDb, store, s3, queue, runtime, api }: Parts): Promise<void> {
  const servers = [api, s3].filter((server) => server !== undefined);
  queue?.stop();
  const done = Promise.all([...servers.map(closeServer), queue?.idle()]);
  await Promise.race([done, wait(GRACE_MS, undefined, { ref: false })]);
  await runtime?.close();
  for (const server of servers) server.closeAllConnections();
  await done;
  await store?.close();
  await dynamoDb?.close();
  await db.close();
}
