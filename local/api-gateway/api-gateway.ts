import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { discardBody } from '../discard-body.ts';
import { isSameSecret } from '../is-same-secret.ts';
import { messageOf } from '../stack-error.ts';
import { BAD_GATEWAY, FORBIDDEN, ROUTE_NOT_FOUND, TOO_LARGE, outsideStage } from './gateway-error.ts';
import { type Answer, type IntegrationOptions, integrate, refuse } from './integration.ts';
import type { ProxyRequest } from './proxy-event.ts';
import { readBody } from './request-body.ts';
import { targetOf, withoutStage } from './request-target.ts';
import { type Route, matchRoute } from './routes.ts';

/** Bytes. Source: API Gateway quotas, "Payload size". */
const MAX_BODY_BYTES = 10_485_760;

/** How much of a refused body is still taken, so that the client reads the answer before the connection ends. */
const PATIENCE = { maxBytes: 64 * 1024 * 1024, maxMs: 10_000 };

export interface GatewayOptions extends IntegrationOptions {
  routes: Route[];
  apiKey: string;
  onRequest?: (line: RequestLine) => void;
}

export interface RequestLine extends Pick<Answer, 'error' | 'result' | 'failure'> {
  method: string;
  /** As it was sent, without stage and query. */
  path: string;
  /** 499 where the client left before it had sent all of its body. */
  status: number;
  ms: number;
  requestId: string;
}

/** API Gateway's REST API in front of the functions: an unstarted server. */
export function createApiGateway(options: GatewayOptions): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(options, request, response);
  };
  // Without its own listener Node answers `Expect: 100-continue` before anyone looked at the size.
  return createServer(listener).on('checkContinue', listener);
}

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
  const tell = ({ status, error, result, failure }: Pick<RequestLine, 'status'> & Partial<Answer>): void => {
    const ms = Math.round(performance.now() - start);
    options.onRequest?.({ method, path: incoming.path, status, ms, requestId, error, result, failure });
  };
  try {
    const answer =
      path === undefined
        ? refuse(outsideStage(options.stage), requestId)
        : await answerTo(options, incoming, request, response);
    send(request, response, requestId, answer);
    tell(answer);
  } catch (error) {
    if (request.complete) {
      const answer = { ...refuse(BAD_GATEWAY, requestId), failure: messageOf(error) }; // a fault of this server
      send(request, response, requestId, answer);
      tell(answer);
    } else {
      response.destroy(); // the client left in the middle of its body
      tell({ status: 499 });
    }
  }
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
  if (method !== 'OPTIONS' && !hasKey(request, options.apiKey)) return refuse(FORBIDDEN, requestId);
  const body = await readBody(request, response, MAX_BODY_BYTES);
  if (body === undefined) return refuse(TOO_LARGE, requestId);
  const { rawHeaders, socket } = request;
  const sourceIp = socket.remoteAddress ?? '127.0.0.1';
  return integrate(options, route, { ...incoming, rawHeaders, sourceIp, body, time: new Date() });
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
  void discardBody(request, PATIENCE).then((isDone) => {
    if (!isDone) request.socket.destroy();
  });
}

function hasKey({ headers }: IncomingMessage, apiKey: string): boolean {
  const given = headers['x-api-key'];
  return typeof given === 'string' && isSameSecret(given, apiKey);
}
