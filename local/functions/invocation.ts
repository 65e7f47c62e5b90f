/** What Lambda answers where the function itself failed. Source: Lambda Developer Guide, "Node.js errors". */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** One line that the function logged as a JSON object. */
export type LogEntry = Record<string, unknown>;

interface Invocation {
  requestId: string;
  ms: number;
  /** The JSON lines that it logged, oldest first; the last 100 at most. */
  log: LogEntry[];
}

export type InvocationResult =
  (Invocation & { ok: true; payload: unknown }) | (Invocation & { ok: false; error: FunctionError });

export const TIMED_OUT = 'Sandbox.Timedout';
export const REQUEST_TOO_LARGE = 'RequestEntityTooLargeException';

/** Bytes. Lambda says 6 MB and means this, as its own error message shows. Source: Lambda quotas. */
export const MAX_PAYLOAD_BYTES = 6_291_556;

/** Bytes of an asynchronous invocation's payload. Source: Lambda quotas. */
export const MAX_EVENT_BYTES = 1_048_576;

/** The runtime closed while the invocation waited or ran: it says nothing about the function. */
export class RuntimeClosed extends Error {
  override readonly name = 'RuntimeClosed';
}
