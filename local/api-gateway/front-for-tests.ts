import { once } from 'node:events';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  request as httpRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InvocationResult } from '../functions/invocation.ts';
import { type GatewayOptions, type RequestLine, createApiGateway } from './api-gateway.ts';

const routes = [
  { method: 'GET', resource: '/metadata', functionName: 'read' },
  { method: 'OPTIONS', resource: '/metadata', functionName: 'read' },
  { method: 'GET', resource: '/metadata/{image_id+}', functionName: 'read' },
  { method: 'POST', resource: '/images', functionName: 'upload' },
];
/** Of every front; {@link send} sends it unless told otherwise. */
export const apiKey = 'a-key-of-more-than-twenty-characters';
/** What every result of a function has. */
export const common = { requestId: 'f-1', ms: 1, log: [] };

interface ProxyEvent {
  path: string;
  body: string | null;
  isBase64Encoded: boolean;
  headers: Record<string, string>;
  requestContext: { requestId: string; identity: { sourceIp: string; apiKey: string | null } };
  queryStringParameters: Record<string, string> | null;
}

const open: Server[] = [];

export interface Front {
  port: number;
  events: [string, ProxyEvent][];
  lines: RequestLine[];
}

/** A front whose functions answer 200, unless told otherwise, and that keeps what they are asked. */
export async function startFront(options: Partial<GatewayOptions> = {}): Promise<Front> {
  const events: Front['events'] = [];
  const lines: RequestLine[] = [];
  const invoke = async (name: string, event: unknown): Promise<InvocationResult> => {
    events.push([name, event as ProxyEvent]);
    return { ...common, ok: true, payload: { statusCode: 200, body: '{}' } };
  };
  const settings = { routes, apiKey, stage: 'prod', apiId: 'local', accountId: '123456789012', invoke };
  const server = createApiGateway({ ...settings, onRequest: (line) => lines.push(line), ...options });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push(server);
  return { port: (server.address() as AddressInfo).port, events, lines };
}

/** For the end of each test. */
export async function closeFronts(): Promise<void> {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

interface Sent {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: Buffer;
}

interface Got {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  json: Record<string, unknown>;
}

/** Node's own client, which sends a path as it is. */
export async function send(
  { port }: Front,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<Got> {
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    path,
    method,
    headers: { 'x-api-key': apiKey, ...headers },
  });
  const sent = once(request, 'finish');
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = (await response.toArray()).join('');
  await sent; // all of the body was taken, whatever the answer
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.statusCode, headers: response.headers, json };
}
