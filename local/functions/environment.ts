import { Worker } from 'node:worker_threads';
import {
  type FunctionError,
  type LogEntry,
  MAX_PAYLOAD_BYTES,
  RuntimeClosed,
  TIMED_OUT,
} from './invocation.ts';
import type { FunctionSettings } from './function-settings.ts';

const MAX_LOG_ENTRIES = 100;

export type Outcome = { log: LogEntry[] } & ({ payload: unknown } | { error: FunctionError });

type Message =
  | { type: 'log'; text: string }
  | { type: 'result'; id: string; payload: string }
  | { type: 'error'; id: string; error: FunctionError }
  | { type: 'crash'; id: string; error: FunctionError };

interface Running {
  requestId: string;
  log: LogEntry[];
  timer: NodeJS.Timeout;
  settle(outcome: { payload: unknown } | { error: FunctionError }): void;
  fail(error: Error): void;
}

/** One execution environment of a function: a thread that runs one invocation at a time, until it ends. */
export class Environment {
  hasEnded = false;
  onEnd: () => void = () => undefined;
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  readonly #writeLog: (text: string) => void;
  #running: Running | undefined;
  #crash: FunctionError | undefined;
  #isClosing = false;

  constructor(settings: FunctionSettings, source: string, writeLog: (text: string) => void) {
    this.#timeoutMs = settings.timeoutMs;
    this.#writeLog = writeLog;
    this.#worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      name: settings.name,
      env: settings.environment,
      // None of the launcher's own (a TypeScript loader would slow each thread down). What is experimental is how the
      // bundle's import() is served here, and not on AWS.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb, maxYoungGenerationSizeMb: 8 },
      workerData: {
        source,
        functionName: settings.name,
        functionArn: settings.arn,
        memoryMb: settings.memoryMb,
        maxResponseBytes: MAX_PAYLOAD_BYTES,
      },
    });
    this.#worker.on('message', (message: Message) => this.#receive(message));
    this.#worker.on('error', (error) => (this.#crash ??= this.#crashOf(error)));
    this.#worker.on('exit', (code) => this.#ended(code));
    this.#worker.stdout.on('data', (chunk: Buffer) => this.#log(chunk.toString()));
    this.#worker.stderr.on('data', (chunk: Buffer) => this.#log(chunk.toString()));
  }

  /** `event` is the payload as JSON. Throws {@link RuntimeClosed} where the environment was closed meanwhile. */
  invoke(requestId: string, event: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const log: LogEntry[] = [];
      const end = (then: () => void): void => {
        clearTimeout(timer);
        this.#running = undefined;
        then();
      };
      const timer = setTimeout(() => this.#timeOut(requestId), this.#timeoutMs);
      this.#running = {
        requestId,
        log,
        timer,
        settle: (outcome) => end(() => resolve({ ...outcome, log })),
        fail: (error) => end(() => reject(error)),
      };
      this.#worker.postMessage({ id: requestId, event, deadline: Date.now() + this.#timeoutMs });
    });
  }

  /** Cuts what runs. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#worker.terminate();
  }

  #receive(message: Message): void {
    if (message.type === 'log') {
      this.#log(message.text);
      return;
    }
    const running = this.#running?.requestId === message.id ? this.#running : undefined;
    if (message.type === 'crash') this.#crash = message.error;
    else if (message.type === 'error') running?.settle({ error: message.error });
    else running?.settle({ payload: JSON.parse(message.payload) as unknown });
  }

  #log(text: string): void {
    this.#writeLog(text);
    for (const line of text.split('\n')) {
      const entry = line.startsWith('{') ? parseEntry(line) : undefined;
      if (entry === undefined || this.#running === undefined) continue;
      this.#running.log.push(entry);
      if (this.#running.log.length > MAX_LOG_ENTRIES) this.#running.log.shift();
    }
  }

  #timeOut(requestId: string): void {
    const seconds = (this.#timeoutMs / 1000).toFixed(2);
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
    this.#crash = { errorType: TIMED_OUT, errorMessage };
    void this.#worker.terminate();
  }

  #ended(code: number): void {
    this.hasEnded = true;
    const running = this.#running;
    if (running !== undefined) {
      if (this.#isClosing) running.fail(new RuntimeClosed('The runtime was closed'));
      else running.settle({ error: this.#crash ?? this.#exitOf(code) });
    }
    this.onEnd();
  }

  #exitOf(code: number): FunctionError {
    const how = code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
    return exitOf(this.#running?.requestId, how);
  }

  /** Lambda ends a function that has no memory left by a signal; a thread reports it as an error. */
  #crashOf(error: Error): FunctionError {
    const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (isOutOfMemory) return exitOf(this.#running?.requestId, 'with error: signal: killed');
    return { errorType: error.name, errorMessage: error.message };
  }
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry; // begins with a brace: an object
  } catch {
    return undefined;
  }
}

/** As Lambda says it of a process. */
function exitOf(requestId: string | undefined, how: string): FunctionError {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited ${how}`,
  };
}
