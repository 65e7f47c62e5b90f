import { setTimeout as wait } from 'node:timers/promises';
import {
  type InvocationResult,
  REQUEST_TOO_LARGE,
  RuntimeClosed,
  TIMED_OUT,
} from '../functions/invocation.ts';
import {
  BAD_GATEWAY,
  type GatewayError,
  TIMEOUT,
  TOO_LARGE,
  UNAVAILABLE,
  errorResponse,
} from './gateway-error.ts';
import { type ProxyRequest, type ProxySettings, proxyEventOf } from './proxy-event.ts';
import { type ProxyResponse, proxyResponseOf } from './proxy-response.ts';
import type { MatchedRoute } from './routes.ts';

/** Source: API Gateway quotas, "Integration timeout". */
const INTEGRATION_TIMEOUT_MS = 29_000;

export interface IntegrationOptions extends ProxySettings {
  invoke: (functionName: string, event: unknown) => Promise<InvocationResult>;
  integrationTimeoutMs?: number;
}

/** What goes to the client, and what the console wants to know of it. */
export interface Answer extends ProxyResponse {
  /** What the gateway says where it answers itself. */
  error?: GatewayError;
  /** Where a function was asked. */
  result?: InvocationResult;
  /** The body of a function's answer that is no success; or what failed in the gateway. */
  failure?: string;
}

/** Asks the function of a route; whatever becomes of it is an answer. */
export async function integrate(
  options: IntegrationOptions,
  route: MatchedRoute,
  request: ProxyRequest,
): Promise<Answer> {
  const { requestId } = request;
  const result = await invoke(options, route.functionName, proxyEventOf(request, route, options));
  if (!('ok' in result)) return refuse(result, requestId);
  if (!result.ok) return { ...refuse(errorOf(result.error.errorType), requestId), result };
  const answer = proxyResponseOf(result.payload);
  if (answer === undefined) return { ...refuse(BAD_GATEWAY, requestId), result };
  return { ...answer, result, ...(answer.status >= 400 && { failure: answer.body.toString() }) };
}

async function invoke(
  { invoke: run, integrationTimeoutMs = INTEGRATION_TIMEOUT_MS }: IntegrationOptions,
  functionName: string,
  event: unknown,
): Promise<InvocationResult | GatewayError> {
  const timeout = new AbortController();
  try {
    const tooLate = wait(integrationTimeoutMs, TIMEOUT, { signal: timeout.signal });
    // Cancelled below where the function is first.
    tooLate.catch(() => undefined);
    return await Promise.race([run(functionName, event), tooLate]);
  } catch (error) {
    return error instanceof RuntimeClosed ? UNAVAILABLE : BAD_GATEWAY;
  } finally {
    timeout.abort();
  }
}

function errorOf(errorType: string): GatewayError {
  if (errorType === REQUEST_TOO_LARGE) return TOO_LARGE;
  return errorType === TIMED_OUT ? TIMEOUT : BAD_GATEWAY;
}

/** The gateway's own answer. */
export function refuse(error: GatewayError, requestId: string): Answer {
  const { headers, body } = errorResponse(error, requestId);
  return { status: error.status, headers, body: Buffer.from(body), error };
}
