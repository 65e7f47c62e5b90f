import type { FunctionError } from '../functions/invocation.ts';

/** What Lambda sends to a function's failure destination. Source: Lambda Developer Guide, "Adding a destination". */
export interface FailedEvent {
  version: '1.0';
  timestamp: string;
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: 'RetriesExhausted';
    approximateInvokeCount: number;
  };
  requestPayload: unknown;
  responseContext: { statusCode: 200; executedVersion: '$LATEST'; functionError: 'Unhandled' };
  responsePayload: FunctionError;
}

export interface Failure {
  time: Date;
  requestId: string;
  functionArn: string;
  attempts: number;
  payload: unknown;
  error: FunctionError;
}

export function failedEventOf({
  time,
  requestId,
  functionArn,
  attempts,
  payload,
  error,
}: Failure): FailedEvent {
  return {
    version: '1.0',
    timestamp: time.toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempts,
    },
    requestPayload: payload,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error,
  };
}
