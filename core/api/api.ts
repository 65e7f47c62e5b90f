import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { RouteNotFound } from '../errors.ts';
import { toImageId } from '../image-id.ts';
import { type Query, checkQuery } from './check-request.ts';
import { type Operation, operationsOf } from './contract.ts';
import { errorAnswer } from './error-answer.ts';
import { imageIdIn } from './image-id-in.ts';

/** A request that is as the contract says. */
export interface CheckedRequest {
  raw: Request;
  query: Query;
  /** Of a path with an image id, with the image prefix. */
  imageId: string;
  /** Tells the logs which image this is about, where the path doesn't say. */
  about: (imageId: string) => void;
  operation: Operation;
}

export interface Answer {
  status: 200 | 201;
  body: object;
  headers?: Record<string, string>;
}

export type Serve = (request: CheckedRequest) => Promise<Answer>;

export interface Log {
  info: (message: string, fields: Record<string, unknown>) => void;
  error: (message: string, fields: Record<string, unknown>) => void;
}

export interface ApiOptions {
  /** openapi.yaml, parsed. */
  contract: unknown;
  /** Whose operations this API serves (`x-function`). */
  functionName: string;
  /** Of every image id; ends in a slash. */
  imagePrefix: string;
  corsOrigins: string[];
  /** The request's id in the logs, from what the cloud passed beside the request. */
  requestId: (environment: unknown) => string;
  log: Log;
  now: () => Date;
}

interface Variables {
  operation?: string;
  imageId?: string;
  failure?: Error;
}
export type Api = Hono<{ Variables: Variables }>;
type ApiContext = Context<{ Variables: Variables }>;

/** The HTTP API of one function: each of its operations in the contract, served by `serve[operationId]`. */
export function createApi(options: ApiOptions, serve: Record<string, Serve>): Api {
  const operations = operationsOf(options.contract, options.functionName);
  const app: Api = new Hono({ strict: false });
  app.use(async (c, next) => {
    const start = options.now().getTime();
    await next();
    c.res.headers.set('x-request-id', options.requestId(c.env));
    c.res.headers.set('x-content-type-options', 'nosniff');
    logRequest(c, options, options.now().getTime() - start);
  });
  app.use(crossOrigin(operations, options.corsOrigins));
  for (const operation of operations) {
    const handler = serve[operation.id];
    if (!handler) throw new Error(`openapi.yaml has the operation ${operation.id}, which nothing serves`);
    if (operation.isConditional) app.use(operation.route, etag({ retainedHeaders: KEPT_ON_304 }));
    app.on(operation.method, operation.route, async (c) =>
      answerOf(c, operation, handler, options.imagePrefix),
    );
  }
  app.notFound((c) => errorResponse(c, new RouteNotFound(), options));
  app.onError((error, c) => errorResponse(c, error, options));
  return app;
}

const EXPOSED_HEADERS = ['ETag', 'Location', 'x-request-id', 'Retry-After'];
const KEPT_ON_304 = ['etag', 'vary', 'access-control-allow-origin', 'access-control-expose-headers'];

function crossOrigin(operations: Operation[], origins: string[]) {
  return cors({
    origin: origins.includes('*') ? '*' : origins,
    allowMethods: [...new Set(operations.map(({ method }) => method.toUpperCase())), 'OPTIONS'],
    allowHeaders: [
      'x-api-key',
      'content-type',
      'authorization',
      'x-amz-date',
      'x-amz-security-token',
      'if-none-match',
    ],
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
}

async function answerOf(
  c: ApiContext,
  operation: Operation,
  serve: Serve,
  imagePrefix: string,
): Promise<Response> {
  c.set('operation', operation.id);
  const about = (imageId: string) => c.set('imageId', imageId);
  const url = new URL(c.req.url);
  let imageId = '';
  if (operation.imageIdAfter !== undefined) {
    imageId = toImageId(imageIdIn(url.pathname, operation.imageIdAfter), imagePrefix);
    about(imageId);
  }
  const query = checkQuery(url.searchParams, operation);
  const { status, body, headers = {} } = await serve({ raw: c.req.raw, query, imageId, about, operation });
  return c.json(body, status, headers);
}

function errorResponse(c: ApiContext, error: Error, options: ApiOptions): Response {
  c.set('failure', error);
  const { status, code, error: message = error.message, hint, headers = {} } = errorAnswer(error);
  const requestId = options.requestId(c.env);
  return c.json(
    { error: message, code, ...(hint !== undefined && { hint }), request_id: requestId },
    status,
    headers,
  );
}

function logRequest(c: ApiContext, { log, requestId }: ApiOptions, ms: number): void {
  const failure = c.get('failure');
  const fields = {
    request_id: requestId(c.env),
    operation: c.get('operation'),
    image_id: c.get('imageId'),
    outcome: failure ? errorAnswer(failure).code : 'ok',
    status: c.res.status,
    ms,
  };
  if (c.res.status < 500) log.info('request', fields);
  else log.error('request failed', { ...fields, error: failure });
}
