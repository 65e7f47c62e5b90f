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

/** The HTTP status and the code of an error of the SDK; neither for another one. */
export function awsError(error: unknown): { status?: number; code?: string } {
  if (!(error instanceof Error)) return {};
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return { status: $metadata?.httpStatusCode, code: error.name };
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
  const { status = 0, code = '' } = awsError(error);
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : '';
  return status === 429 || status >= 500 || PASSING.has(code) || PASSING.has(systemCode);
}
