import { Unavailable } from '../../core/errors.ts';

/**
 * Runs a call of AWS. What a later try may mend (throttling, a timeout, a lost connection, a fault of AWS's own) is
 * thrown as `Unavailable`; everything else as it is: a denied call or a wrong name is ours to mend.
 */
export async function callAws<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isPassing(error) ? new Unavailable('AWS did not answer', { cause: error }) : error;
  }
}

/** What an error of the SDK says of itself: its HTTP status, its name, and a system call's code. */
export function awsError(error: unknown): { status: number; name: string; code: string } {
  // Whatever was thrown may lack all of these.
  const { $metadata, name, code } = (error ?? {}) as Partial<SdkError>;
  return { status: $metadata?.httpStatusCode ?? 0, name: name ?? '', code: code ?? '' };
}

interface SdkError {
  name: string;
  code: string;
  $metadata: { httpStatusCode?: number };
}

const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
  'SlowDown',
  'RequestTimeout',
  'TimeoutError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

function isPassing(error: unknown): boolean {
  const { status, name, code } = awsError(error);
  return status === 429 || status >= 500 || PASSING.has(name) || PASSING.has(code);
}
