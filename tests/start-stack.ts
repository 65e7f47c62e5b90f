import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** What a running stack writes to `{data}/stack.json`. */
export interface Stack {
  api_url: string;
  api_key: string;
  s3_endpoint: string;
  dynamodb_endpoint: string;
  bucket: string;
  table: string;
  region: string;
  access_key_id: string;
  secret_access_key: string;
  pid: number;
}

export interface StackProcess {
  stack: Stack;
  /** Ends it as Ctrl-C does; answers its exit code (null where Windows knows no signals). */
  stop(): Promise<number | null>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** All that it printed until now. */
  output(): string;
}

export interface StackOptions {
  data: string;
  /** More of the command line, as `['--port', '3000']`; the port is a free one otherwise. */
  args?: string[];
}

/** Runs the command line to its end, for where it refuses to start. */
export async function runStackCommand({
  data,
  args = [],
}: StackOptions): Promise<{ code: number | null; output: string }> {
  const child = launch(data, args);
  const output = collect(child);
  await once(child, 'exit');
  return { code: child.exitCode, output: output() };
}

/** Starts the stack in a process of its own and waits until it is ready. */
export async function startStackProcess({ data, args = [] }: StackOptions): Promise<StackProcess> {
  const child = launch(data, args);
  const output = collect(child);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  };
  const stack = await ready(child, data, output);
  return { stack, stop: () => end('SIGINT'), kill: () => end('SIGKILL').then(() => undefined), output };
}

function launch(data: string, args: string[]): ChildProcess {
  const port = args.includes('--port') ? [] : ['--port', '0'];
  const script = join(ROOT, 'scripts', 'run.mjs');
  return spawn(process.execPath, [script, 'start', '--data', data, ...port, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Jest's own options are not for the stack.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

function collect(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return () => output;
}

async function ready(child: ChildProcess, data: string, output: () => string): Promise<Stack> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const stack = await readStack(data);
    // One that a killed stack left behind names another process.
    if (stack !== undefined && stack.pid === child.pid) return stack;
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error(`The stack did not get ready:\n${output()}`);
}

async function readStack(data: string): Promise<Stack | undefined> {
  try {
    return JSON.parse(await readFile(join(data, 'stack.json'), 'utf8')) as Stack;
  } catch {
    return undefined; // not there yet
  }
}
