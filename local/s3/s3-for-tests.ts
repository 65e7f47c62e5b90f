import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { ClassicLevel } from 'classic-level';
import type { Database } from '../database.ts';
import type { RequestLine } from './exchange.ts';
import type { ObjectChange } from './object-change.ts';
import { openObjectStore, type ObjectStore } from './object-store.ts';
import { createS3Server, type S3ServerOptions } from './server.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const BUCKET = 'images';
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret/of+the=tests' };

/** A store in a folder of its own, with what it told its outbox. */
export interface StoreForTests {
  folder: string;
  db: Database;
  store: ObjectStore;
  /** Committed changes, in order. */
  changes: ObjectChange[];
  /** Closes the store and opens it again as after a restart. */
  reopen(): Promise<void>;
  /** Names of the bodies on disk, those still arriving as `tmp/…`. */
  bodies(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function openStoreForTests(now?: () => number): Promise<StoreForTests> {
  const folder = await mkdtemp(join(tmpdir(), 's3 tests ñ '));
  const opened = await openAt(folder, now);
  const close = async (): Promise<void> => {
    await opened.store.close();
    await opened.db.close();
  };
  return Object.assign(opened, {
    folder,
    reopen: async () => {
      await close();
      const { db, store } = await openAt(folder, now, opened.changes);
      Object.assign(opened, { db, store });
    },
    bodies: async () => {
      const entries = await readdir(join(folder, 'objects'), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    },
    stop: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

async function openAt(
  folder: string,
  now?: () => number,
  changes: ObjectChange[] = [],
): Promise<Pick<StoreForTests, 'db' | 'store' | 'changes'>> {
  const db: Database = new ClassicLevel(join(folder, 'db'), { valueEncoding: 'json' });
  const pending = db.sublevel<string, unknown>('pending', { valueEncoding: 'json' });
  const store = await openObjectStore({
    db,
    folder: join(folder, 'objects'),
    outbox: {
      entries: (change) => [{ type: 'put', sublevel: pending, key: change.sequencer, value: change }],
      committed: (change) => changes.push(change),
    },
    ...(now && { now }),
  });
  return { db, store, changes };
}

/** The server on a free port of the loopback, and the SDK's client for it. */
export interface S3ForTests extends StoreForTests {
  url: string;
  port: number;
  client: S3Client;
  lines: RequestLine[];
  newClient(config?: Partial<S3ClientConfig>): S3Client;
}

export async function startS3ForTests(options: Partial<S3ServerOptions> = {}): Promise<S3ForTests> {
  const opened = await openStoreForTests();
  const lines: RequestLine[] = [];
  const server = createS3Server({
    store: opened.store,
    buckets: [BUCKET],
    region: REGION,
    credentials: CREDENTIALS,
    onRequest: (line) => lines.push(line),
    ...options,
  });
  const port = await listen(server);
  const url = `http://127.0.0.1:${port}`;
  const { newClient, destroyClients } = clientsOf(url);
  const stopStore = opened.stop.bind(opened);
  return Object.assign(opened, {
    url,
    port,
    lines,
    newClient,
    client: newClient(),
    stop: async () => {
      destroyClients();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stopStore();
    },
  });
}

function clientsOf(url: string): { newClient: S3ForTests['newClient']; destroyClients: () => void } {
  const common = {
    logger: SILENT,
    endpoint: url,
    region: REGION,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: CREDENTIALS,
  };
  const clients: S3Client[] = [];
  return {
    newClient: (config = {}) => {
      const client = new S3Client({ ...common, ...config });
      clients.push(client);
      return client;
    },
    destroyClients: () => {
      for (const client of clients) client.destroy();
    },
  };
}

/** The SDK warns on the console of what some tests do on purpose. */
const silent = (): void => undefined;
const SILENT = { debug: silent, info: silent, warn: silent, error: silent };

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export interface PlainResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request as it is given, with no library in between that would tidy its path. */
export async function sendPlain(
  port: number,
  options: { method?: string; path: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<PlainResponse> {
  const { method = 'GET', path, headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** The text of an element of S3's XML. */
export function xmlText(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}
