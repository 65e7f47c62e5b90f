import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBundle } from './bundle.ts';
import type { Outcome } from './environment.ts';
import { FunctionPool } from './function-pool.ts';
import type { FunctionSettings } from './function-settings.ts';
import { type InvocationResult, MAX_PAYLOAD_BYTES, REQUEST_TOO_LARGE } from './invocation.ts';
import { LogFile } from './log-file.ts';

export interface RuntimeOptions {
  functions: FunctionSettings[];
  /** Holds `{function}.zip`. */
  bundleFolder: string;
  /** Gets `{function}.log`. */
  logFolder: string;
}

export interface InvokeOptions {
  /** Stays the same over the retries of an event. */
  requestId?: string;
  maxRequestBytes?: number;
}

/** Lambda: runs the functions' bundles, each invocation in a thread that has only its own variables. */
export interface FunctionRuntime {
  /**
   * Answers a failure of the function as a result, never as an exception.
   * Throws RuntimeClosed where the runtime closed before there was an answer.
   */
  invoke: (name: string, payload: unknown, options?: InvokeOptions) => Promise<InvocationResult>;
  /** Starts one environment of each function, in the background. */
  warm: () => void;
  /** Cuts the invocations that run. */
  close: () => Promise<void>;
}

/** Throws StackError where a bundle is missing. */
export async function openRuntime({
  functions,
  bundleFolder,
  logFolder,
}: RuntimeOptions): Promise<FunctionRuntime> {
  await mkdir(logFolder, { recursive: true });
  const pools = new Map<string, FunctionPool>();
  const logs: LogFile[] = [];
  for (const settings of functions) {
    const source = await readBundle(join(bundleFolder, `${settings.name}.zip`));
    const log = new LogFile(join(logFolder, `${settings.name}.log`));
    logs.push(log);
    pools.set(settings.name, new FunctionPool(settings, source, (text) => log.write(text)));
  }
  return {
    invoke: (name, payload, options = {}) => invoke(pools, name, payload, options),
    warm: () => pools.forEach((pool) => pool.warm()),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      for (const log of logs) log.close();
    },
  };
}

async function invoke(
  pools: Map<string, FunctionPool>,
  name: string,
  payload: unknown,
  { requestId = randomUUID(), maxRequestBytes = MAX_PAYLOAD_BYTES }: InvokeOptions,
): Promise<InvocationResult> {
  const pool = pools.get(name);
  if (pool === undefined) throw new Error(`No function of the name ${name}`);
  const event = JSON.stringify(payload);
  const bytes = Buffer.byteLength(event);
  if (bytes > maxRequestBytes) {
    const errorMessage = `${bytes} byte payload is too large for the limit of ${maxRequestBytes} bytes`;
    return { ok: false, requestId, ms: 0, log: [], error: { errorType: REQUEST_TOO_LARGE, errorMessage } };
  }
  const start = performance.now();
  const outcome = await pool.invoke(requestId, event);
  return resultOf(requestId, Math.round(performance.now() - start), outcome);
}

function resultOf(requestId: string, ms: number, outcome: Outcome): InvocationResult {
  if ('error' in outcome) return { ok: false, requestId, ms, log: outcome.log, error: outcome.error };
  return { ok: true, requestId, ms, log: outcome.log, payload: outcome.payload };
}
