import { randomUUID, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type InvocationResult,
  REQUEST_TOO_LARGE,
  RuntimeClosed,
  TIMED_OUT,
} from '../functions/invocation.ts';
import { messageOf } from '../stack-error.ts';
import {
  BAD_GATEWAY,
  FORBIDDEN,
  type GatewayError,
  ROUTE_NOT_FOUND,
  TIMEOUT,
  TOO_LARGE,
  UNAVAILABLE,
  errorResponse,
  outsideStage,
} from './gateway-error.ts';
import { type ProxyRequest, type ProxySettings, proxyEventOf } from './proxy-event.ts';
import { type ProxyResponse, proxyResponseOf } from './proxy-response.ts';
import { drain, readBody } from './request-body.ts';
import { type MatchedRoute, type Route, matchRoute } from './routes.ts';

/** Bytes. Source: API Gateway quotas, "Payload size". */
const MAX_BODY_BYTES = 10_485_760;

/** Source: API Gateway quotas, "Integration timeout". */
const INTEGRATION_TIMEOUT_MS = 29_000;

export interface GatewayOptions extends ProxySettings {
  routes: Route[];
  apiKey: string;
  invoke: (functionName: string, event: unknown) => Promise<InvocationResult>;
  onRequest?: (line: RequestLine) => void;
  integrationTimeoutMs?: number;
}

export interface RequestLine {
  method: string;
  /** As it was sent, without stage and query. */
  path: string;
  status: number;
  ms: number;
  requestId: string;
  /** What the gateway says where it answers itself. */
  error?: GatewayError;
  /** Where a function was asked. */
  result?: InvocationResult;
  /** The body of a function's answer that is no success. */
  failure?: string;
}

/** API Gateway's REST API in front of the functions: an unstarted server. */
export function createApiGateway(options: GatewayOptions): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(options, request, response);
  };
  // Without its own listener Node answers `Expect: 100-continue` before anyone looked at the size.
  return createServer(listener).on('checkContinue', listener);
}

type Answer = Pick<RequestLine, 'error' | 'result' | 'failure'> & ProxyResponse;

async function serve(
  options: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const start = performance.now();
  const requestId = randomUUID();
  const method = request.method ?? 'GET';
  const { rawPath, query } = targetOf(request.url ?? '/');
  const path = withoutStage(rawPath, options.stage);
  const incoming = { requestId, method, rawPath, query, path: path ?? rawPath };
  let answer: Answer;
  try {
    if (path === undefined) answer = refuse(outsideStage(options.stage), requestId);
    else answer = await answerTo(options, incoming, request, response);
  } catch (error) {
    // Either the client left in the middle of its body, and nobody reads this, or it is a fault of this server.
    answer = { ...refuse(BAD_GATEWAY, requestId), failure: messageOf(error) };
  }
  send(request, response, requestId, answer);
  const { error, result, failure, status } = answer;
  const ms = Math.round(performance.now() - start);
  options.onRequest?.({ method, path: incoming.path, status, ms, requestId, error, result, failure });
}

type Incoming = Pick<ProxyRequest, 'requestId' | 'method' | 'rawPath' | 'path' | 'query'>;

async function answerTo(
  options: GatewayOptions,
  incoming: Incoming,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  const { requestId, method, path } = incoming;
  const route = matchRoute(options.routes, method, path);
  if (route === undefined) return refuse(ROUTE_NOT_FOUND, requestId);
  if (method !== 'OPTIONS' && !isSame(request.headers['x-api-key'], options.apiKey))
    return refuse(FORBIDDEN, requestId);
  const body = await readBody(request, response, MAX_BODY_BYTES);
  if (body === undefined) return refuse(TOO_LARGE, requestId);
  const { rawHeaders, socket } = request;
  const sourceIp = socket.remoteAddress ?? '127.0.0.1';
  return integrate(options, route, { ...incoming, rawHeaders, sourceIp, body, time: new Date() });
}

async function integrate(
  options: GatewayOptions,
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
  { invoke: run, integrationTimeoutMs = INTEGRATION_TIMEOUT_MS }: GatewayOptions,
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

function refuse(error: GatewayError, requestId: string): Answer {
  const { headers, body } = errorResponse(error, requestId);
  return { status: error.status, headers, body: Buffer.from(body), error };
}

function send(request: IncomingMessage, response: ServerResponse, requestId: string, answer: Answer): void {
  const hasBody = answer.status !== 204 && answer.status !== 304;
  // A client that was not told to go on with its body never sends it: nothing else can follow on the connection.
  const isBodyHeldBack = request.headers.expect !== undefined && !request.complete;
  response.writeHead(answer.status, {
    ...answer.headers,
    'x-amzn-requestid': requestId,
    ...(hasBody && { 'content-length': answer.body.length }),
    ...(isBodyHeldBack && { connection: 'close' }),
  });
  response.end(hasBody ? answer.body : undefined);
  drain(request);
}

/** Never through URL, which would resolve `..` and normalise the rest. */
function targetOf(url: string): { rawPath: string; query: string } {
  const target = url.replace(/^https?:\/\/[^/?]*/i, '');
  const at = target.indexOf('?');
  return at < 0
    ? { rawPath: target, query: '' }
    : { rawPath: target.slice(0, at), query: target.slice(at + 1) };
}

function withoutStage(rawPath: string, stage: string): string | undefined {
  const root = `/${stage}`;
  if (rawPath === root) return '/';
  return rawPath.startsWith(`${root}/`) ? rawPath.slice(root.length) : undefined;
}

function isSame(given: string | string[] | undefined, apiKey: string): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(apiKey)];
  return a.length === b.length && timingSafeEqual(a, b);
}
