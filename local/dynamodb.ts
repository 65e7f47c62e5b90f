import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { HOST, portInUse } from './listen.ts';
import { StackError, messageOf } from './stack-error.ts';

const SCRIPT = new URL('./dynamodb-worker.mjs', import.meta.url);

/** Twice as long after each start that failed, up to the longest. */
const RESTART_AFTER_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export interface DynamoDbOptions {
  /** Where the tables lie. */
  path: string;
  /** 0 for a free one. */
  port: number;
  region: string;
  accountId: string;
  /** It ended without being asked to, or could not be started again; it is tried again. */
  onCrash: (error: unknown) => void;
}

export interface DynamoDb {
  endpoint: string;
  close: () => Promise<void>;
}

type Message = { type: 'ready'; port: number } | { type: 'failed'; code: string; message: string };

interface ThreadSettings extends DynamoDbOptions {
  script: URL;
}

interface RunningThread {
  worker: Worker;
  port: number;
  ended: Promise<void>;
}

/** DynamoDB, by dynalite in a thread that runs `script`. Throws StackError where it can't start. */
export async function startDynamoDb(options: DynamoDbOptions, script = SCRIPT): Promise<DynamoDb> {
  const first = await startThread({ ...options, script });
  const { port } = first;
  const closing = new AbortController();
  const ended = keepRunning(first, { ...options, script, port }, closing.signal);
  const close = async (): Promise<void> => {
    closing.abort();
    await ended;
  };
  return { endpoint: `http://${HOST}:${port}`, close };
}

/** Resolves when the last thread has ended, which is told to when the stack closes. */
async function keepRunning(
  first: RunningThread,
  settings: ThreadSettings,
  closing: AbortSignal,
): Promise<void> {
  let thread: RunningThread | undefined = first;
  const close = (): void => thread?.worker.postMessage('close');
  closing.addEventListener('abort', close);
  while (thread !== undefined) {
    if (closing.aborted) close(); // while it was starting
    await thread.ended;
    thread = await startAgain(settings, closing);
  }
}

/** Tries until it runs; undefined where the stack closes first. */
async function startAgain(
  settings: ThreadSettings,
  closing: AbortSignal,
): Promise<RunningThread | undefined> {
  for (let waitMs = RESTART_AFTER_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    await wait(waitMs, undefined, { signal: closing }).catch(() => undefined);
    if (closing.aborted) return undefined;
    try {
      return await startThread(settings);
    } catch (error) {
      settings.onCrash(error);
    }
  }
}

async function startThread(settings: ThreadSettings): Promise<RunningThread> {
  const { path, port, region, accountId } = settings;
  const worker = new Worker(settings.script, {
    name: 'dynamodb',
    execArgv: [],
    env: { AWS_REGION: region, AWS_ACCOUNT_ID: accountId },
    workerData: { path, host: HOST, port },
    // What it prints is about itself.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const message = await firstMessage(worker);
  worker.on('error', settings.onCrash);
  if (message.type === 'ready') return { worker, port: message.port, ended };
  await worker.terminate();
  if (message.code === 'EADDRINUSE') throw portInUse('DynamoDB', port);
  throw new StackError(`DynamoDB can't listen on port ${port}: ${message.message}.`);
}

async function firstMessage(worker: Worker): Promise<Message> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (cause) => reject(cannotStart(messageOf(cause), cause)));
    worker.once('exit', (code) => reject(cannotStart(`its thread ended with code ${code}`)));
  });
}

function cannotStart(why: string, cause?: unknown): StackError {
  return new StackError(`DynamoDB can't start: ${why}.`, { cause });
}
