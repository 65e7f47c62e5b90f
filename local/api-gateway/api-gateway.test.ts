import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type InvocationResult,
  REQUEST_TOO_LARGE,
  RuntimeClosed,
  TIMED_OUT,
} from '../functions/invocation.ts';
import { type GatewayOptions, type RequestLine, createApiGateway } from './api-gateway.ts';

const routes = [
  { method: 'GET', resource: '/metadata', functionName: 'read' },
  { method: 'OPTIONS', resource: '/metadata', functionName: 'read' },
  { method: 'GET', resource: '/metadata/{image_id+}', functionName: 'read' },
  { method: 'POST', resource: '/images', functionName: 'upload' },
];
const apiKey = 'a-key-of-more-than-twenty-characters';
const common = { requestId: 'f-1', ms: 1, log: [] };

interface ProxyEvent {
  path: string;
  body: string | null;
  isBase64Encoded: boolean;
  headers: Record<string, string>;
  requestContext: { requestId: string; identity: { sourceIp: string; apiKey: string | null } };
  queryStringParameters: Record<string, string> | null;
}

let close: (() => Promise<void>) | undefined;

afterEach(async () => {
  await close?.();
  close = undefined;
});

interface Front {
  port: number;
  events: [string, ProxyEvent][];
  lines: RequestLine[];
}

async function start(options: Partial<GatewayOptions> = {}): Promise<Front> {
  const events: Front['events'] = [];
  const lines: RequestLine[] = [];
  const invoke = async (name: string, event: unknown): Promise<InvocationResult> => {
    events.push([name, event as ProxyEvent]);
    return { ...common, ok: true, payload: { statusCode: 200, body: '{}' } };
  };
  const settings = { routes, apiKey, stage: 'prod', apiId: 'local', accountId: '123456789012', invoke };
  const server = createApiGateway({ ...settings, onRequest: (line) => lines.push(line), ...options });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, events, lines };
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
async function send(
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

describe('the event that a function gets', () => {
  it('is that of a REST API, with the path as it was sent', async () => {
    const front = await start();
    const headers = { 'User-Agent': 'test/1', 'X-Many': ['a', 'b'], 'Content-Type': 'image/png' };
    await send(front, '/prod/metadata/uploads//a%C3%B1o%201%2B1/?prefix=a+b%2B&limit=1&limit=2&flag', {
      headers,
    });
    const [[name, event] = []] = front.events;
    expect(name).toBe('read');
    expect(event).toMatchObject({
      resource: '/metadata/{image_id+}',
      path: '/metadata/uploads//a%C3%B1o%201%2B1/',
      httpMethod: 'GET',
      headers: {
        Host: `127.0.0.1:${front.port}`,
        'User-Agent': 'test/1',
        'X-Many': 'b',
        'Content-Type': 'image/png',
        'X-Forwarded-For': '127.0.0.1',
        'X-Forwarded-Proto': 'http',
      },
      multiValueHeaders: { 'X-Many': ['a', 'b'] },
      queryStringParameters: { prefix: 'a b+', limit: '2', flag: '' },
      multiValueQueryStringParameters: { prefix: ['a b+'], limit: ['1', '2'], flag: [''] },
      pathParameters: { image_id: 'uploads/a%C3%B1o%201%2B1' },
      stageVariables: null,
      requestContext: {
        accountId: '123456789012',
        apiId: 'local',
        domainName: `127.0.0.1:${front.port}`,
        httpMethod: 'GET',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test/1', apiKey, caller: null },
        path: '/prod/metadata/uploads//a%C3%B1o%201%2B1/',
        protocol: 'HTTP/1.1',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestTime: expect.stringMatching(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
        requestTimeEpoch: expect.any(Number),
        resourcePath: '/metadata/{image_id+}',
        stage: 'prod',
      },
      body: null,
      isBase64Encoded: false,
    });
  });

  it('has null where there is no query and no parameter', async () => {
    const front = await start();
    await send(front, '/prod/metadata?');
    expect(front.events[0]?.[1]).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
    });
  });

  it('has every body in base64, and no content-length', async () => {
    const front = await start();
    const body = Buffer.from([0, 1, 254, 255]);
    await send(front, '/prod/images?name=a', { method: 'POST', body });
    const event = front.events[0]?.[1];
    expect(event).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
    expect(Object.keys(event?.headers ?? {}).map((name) => name.toLowerCase())).not.toContain(
      'content-length',
    );
  });

  it('keeps dots and broken percent-encoding as they were sent', async () => {
    const front = await start();
    expect((await send(front, '/prod/metadata/a/../%zz%?x=%zz&%=1')).status).toBe(200);
    expect(front.events[0]?.[1]).toMatchObject({
      path: '/metadata/a/../%zz%',
      queryStringParameters: { x: '%zz', '%': '1' },
    });
  });

  it('is the same where the request names the whole address', async () => {
    const front = await start();
    await send(front, `http://127.0.0.1:${front.port}/prod/metadata?limit=1`);
    expect(front.events[0]?.[1]).toMatchObject({ path: '/metadata', queryStringParameters: { limit: '1' } });
  });
});

describe('the gateway', () => {
  it('passes on what the function answers', async () => {
    const payload = {
      statusCode: 201,
      headers: { ETag: '"1"' },
      multiValueHeaders: { a: ['1', '2'] },
      body: '{"b":1}',
    };
    const front = await start({ invoke: async () => ({ ...common, ok: true, payload }) });
    const { status, headers, json } = await send(front, '/prod/metadata');
    expect([status, json, headers['etag'], headers['a']]).toEqual([201, { b: 1 }, '"1"', '1, 2']);
    expect(front.lines).toMatchObject([
      { method: 'GET', path: '/metadata', status: 201, result: { requestId: 'f-1' } },
    ]);
  });

  it('sends no body with 304', async () => {
    const payload = { statusCode: 304, headers: { etag: '"1"' }, body: '' };
    const front = await start({ invoke: async () => ({ ...common, ok: true, payload }) });
    expect(await send(front, '/prod/metadata')).toMatchObject({
      status: 304,
      json: {},
      headers: { etag: '"1"' },
    });
  });

  it.each([
    ['no key', undefined],
    ['a wrong key', 'a-key-of-more-than-twenty-characterz'],
    ['a part of the key', apiKey.slice(0, -1)],
  ])('answers 403 to %s, and asks no function', async (_, key) => {
    const front = await start();
    const headers: Record<string, string | string[]> =
      key === undefined ? { 'x-api-key': [] } : { 'x-api-key': key };
    const { status, json, headers: got } = await send(front, '/prod/metadata', { headers });
    expect(status).toBe(403);
    expect(json).toEqual({
      error: 'Forbidden',
      code: 'forbidden',
      hint: 'Send the API key in the header x-api-key',
      request_id: got['x-request-id'],
    });
    expect(got).toMatchObject({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag, Location, x-request-id, Retry-After',
    });
    expect(front.events).toEqual([]);
  });

  it('takes OPTIONS to the function without a key', async () => {
    const front = await start();
    const { status } = await send(front, '/prod/metadata', {
      method: 'OPTIONS',
      headers: { 'x-api-key': [] },
    });
    expect(status).toBe(200);
    expect(front.events).toHaveLength(1);
  });

  it.each([
    ['GET', '/prod/nope', undefined],
    ['DELETE', '/prod/metadata', undefined],
    ['OPTIONS', '/prod/nope', undefined],
    ['GET', '/prod', undefined],
    ['GET', '/', 'Every path of the API begins with /prod'],
    ['GET', '/metadata', 'Every path of the API begins with /prod'],
    ['GET', '/production/metadata', 'Every path of the API begins with /prod'],
    ['OPTIONS', '*', 'Every path of the API begins with /prod'],
  ])('answers 404 to %s %s', async (method, path, hint) => {
    const { status, json } = await send(await start(), path, { method });
    expect([status, json['code'], json['hint']]).toEqual([404, 'route_not_found', hint]);
  });

  it.each([
    ['crashed', { errorType: 'Runtime.ExitError', errorMessage: 'secret' }, 502, 'internal_error'],
    ['timed out', { errorType: TIMED_OUT, errorMessage: 'secret' }, 504, 'unavailable'],
    [
      'answered too much',
      { errorType: 'Function.ResponseSizeTooLarge', errorMessage: 'secret' },
      502,
      'internal_error',
    ],
    ['was sent too much', { errorType: REQUEST_TOO_LARGE, errorMessage: 'secret' }, 413, 'too_large'],
  ])('says nothing of why where the function %s', async (_, error, expected, code) => {
    const front = await start({ invoke: async () => ({ ...common, ok: false, error }) });
    const { status, json } = await send(front, '/prod/metadata');
    expect([status, json['code']]).toEqual([expected, code]);
    expect(JSON.stringify(json)).not.toContain('secret');
    expect(front.lines[0]?.result).toMatchObject({ error });
  });

  it('answers 502 where the function answers what is no answer', async () => {
    const front = await start({
      invoke: async () => ({ ...common, ok: true, payload: { message: 'hello' } }),
    });
    expect(await send(front, '/prod/metadata')).toMatchObject({
      status: 502,
      json: { code: 'internal_error' },
    });
  });

  it('answers 504 at its own time limit, and 503 while the stack ends', async () => {
    const slow = await start({ invoke: () => new Promise(() => undefined), integrationTimeoutMs: 30 });
    expect(await send(slow, '/prod/metadata')).toMatchObject({ status: 504, json: { code: 'unavailable' } });
    await close?.();
    const ending = await start({ invoke: () => Promise.reject(new RuntimeClosed('closed')) });
    expect(await send(ending, '/prod/metadata')).toMatchObject({
      status: 503,
      json: { code: 'unavailable' },
    });
  });
});

describe('the limit on bodies', () => {
  const mega = 1024 * 1024;
  const tooLarge = { error: 'The request is larger than the API takes', code: 'too_large' };

  it('lets ten megabytes through', async () => {
    const front = await start();
    const { status } = await send(front, '/prod/images', { method: 'POST', body: Buffer.alloc(10 * mega) });
    expect(status).toBe(200);
    expect(front.events[0]?.[1].body).toHaveLength(Math.ceil((10 * mega) / 3) * 4);
  });

  it.each([
    ['of a known length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])(
    'answers 413 with the way out to a larger one %s, and the client can send all of it',
    async (_, headers) => {
      const front = await start();
      const body = Buffer.alloc(30 * mega);
      const { status, json } = await send(front, '/prod/images', { method: 'POST', body, headers });
      expect(status).toBe(413);
      expect(json).toMatchObject({ ...tooLarge, hint: expect.stringContaining('POST /images/upload-url') });
      expect(front.events).toEqual([]);
    },
  );

  it('answers a client that waits to be told before it sends anything', async () => {
    const front = await start();
    const socket = connect(front.port, '127.0.0.1');
    const head = `POST /prod/images HTTP/1.1\r\nhost: a\r\nx-api-key: ${apiKey}\r\nexpect: 100-continue\r\n`;
    socket.write(`${head}content-length: ${99 * mega}\r\n\r\n`);
    const answer = (await socket.toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
  });

  it('tells a client that waits to go on where the size is fine', async () => {
    const front = await start();
    const request = httpRequest({
      port: front.port,
      host: '127.0.0.1',
      path: '/prod/images',
      method: 'POST',
    });
    request.setHeader('x-api-key', apiKey).setHeader('expect', '100-continue').setHeader('content-length', 3);
    request.flushHeaders();
    await once(request, 'continue');
    request.end('abc');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, front.events[0]?.[1].body]).toEqual([200, 'YWJj']);
  });

  it('outlives a client that leaves in the middle of its body', async () => {
    const front = await start();
    const socket = connect(front.port, '127.0.0.1');
    socket.write(
      `POST /prod/images HTTP/1.1\r\nhost: a\r\nx-api-key: ${apiKey}\r\ncontent-length: 100\r\n\r\nabc`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await send(front, '/prod/metadata')).status).toBe(200);
    expect(front.events).toHaveLength(1);
  });
});
