import type { RequestLine as ApiLine } from './api-gateway/api-gateway.ts';
import type { Delivery } from './events/event-queue.ts';
import type { InvocationResult, LogEntry } from './functions/invocation.ts';
import type { RequestLine as S3Line } from './s3/exchange.ts';
import { messageOf } from './stack-error.ts';

/** One thing that happened, for one line of the console. */
export interface ConsoleLine {
  kind: 'api' | 's3' | 'event' | 'stack';
  outcome: string;
  ms?: number;
  what: string;
  /** Why it failed. */
  why?: string;
  level: 'good' | 'odd' | 'bad';
}

export function apiLine({ method, path, status, ms, error, result, failure }: ApiLine): ConsoleLine {
  const level = status < 400 ? 'good' : status < 500 ? 'odd' : 'bad';
  const reasons = [error?.code ?? codeIn(failure), level === 'bad' ? causeOf(result) : undefined];
  const why = reasons.filter((reason) => reason !== undefined).join(' · ');
  return {
    kind: 'api',
    outcome: String(status),
    ms,
    what: `${method} ${decoded(path)}${imageBeside(path, result)}`,
    why,
    level,
  };
}

export function s3Line({ method, path, status, ms, code, cause }: S3Line): ConsoleLine {
  const level = status < 400 ? 'good' : status < 500 ? 'odd' : 'bad';
  const why = [code, cause === undefined ? undefined : messageOf(cause)].filter(
    (reason) => reason !== undefined,
  );
  return {
    kind: 's3',
    outcome: String(status),
    ms,
    what: `${method} ${decoded(path)}`,
    why: why.join(' · '),
    level,
  };
}

export function eventLine({ change, result, retryInMs }: Delivery): ConsoleLine {
  const { ms } = result;
  const what = `${change.eventName} ${change.key}`;
  if (result.ok) return { kind: 'event', outcome: outcomeIn(result.log) ?? 'done', ms, what, level: 'good' };
  const isLast = retryInMs === null || retryInMs === undefined;
  const next = isLast ? 'no more tries: kept among the failed events' : `again in ${retryInMs / 1000} s`;
  const why = `${causeOf(result) ?? ''} · ${next}`;
  return {
    kind: 'event',
    outcome: isLast ? 'FAILED' : 'failed',
    ms,
    what,
    why,
    level: isLast ? 'bad' : 'odd',
  };
}

export function faultLine(what: string, error: unknown): ConsoleLine {
  return { kind: 'stack', outcome: 'fault', what, why: messageOf(error), level: 'bad' };
}

/** The image that a request is about, where its path doesn't say. */
function imageBeside(path: string, result: InvocationResult | undefined): string {
  const image = result?.log.findLast((entry) => typeof entry['image_id'] === 'string')?.['image_id'];
  return typeof image !== 'string' || path.startsWith('/metadata/') ? '' : `  ${image}`;
}

/** What the function logged that it came to, of its last record. */
function outcomeIn(log: LogEntry[]): string | undefined {
  const outcome = log.findLast((entry) => typeof entry['outcome'] === 'string')?.['outcome'];
  return typeof outcome === 'string' ? outcome : undefined;
}

/** The function's own end, or else the last error that it logged. */
function causeOf(result: InvocationResult | undefined): string | undefined {
  if (result === undefined) return undefined;
  if (!result.ok) return `${result.error.errorType}: ${result.error.errorMessage}`;
  const entry = result.log.findLast(({ level }) => level === 'ERROR');
  if (entry === undefined) return undefined;
  const error = entry['error'];
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return [entry['message'], message].filter((part) => typeof part === 'string').join(': ');
}

function codeIn(failure: string | undefined): string | undefined {
  try {
    const { code } = JSON.parse(failure ?? '') as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return failure; // of another shape: as it is
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
