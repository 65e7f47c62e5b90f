import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorAnswer, sendAnswer } from './answer.ts';
import { authorize, type Authorizer } from './signature/authorization.ts';
import { readBody } from './upload/read-body.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { asS3Error, ClientGone, S3Error } from './errors.ts';
import { refuseWhatIsNotOffered } from './not-offered.ts';
import type { ObjectStore } from './object-store.ts';
import type { Answer, S3Service } from './operation.ts';
import { withHoistedHeaders } from './signature/presigned-url.ts';
import { newOrigin, parseRequest, type RequestOrigin } from './request.ts';
import { findOperation } from './router.ts';
import { Signer } from './signature/signature-v4.ts';

export interface S3ServerOptions {
  store: ObjectStore;
  /** The buckets that exist. */
  buckets: readonly string[];
  /** Such as `us-east-1`. */
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Is told of every request once it was answered, for the console. */
  onRequest?: (line: RequestLine) => void;
  now?: () => number;
}

export interface RequestLine {
  method: string;
  /** As it was sent, percent-encoded, without the query, which may hold a signature. */
  path: string;
  /** 499 where the client went away before there was an answer. */
  status: number;
  ms: number;
  /** S3's error code. */
  code?: string;
  /** What is behind an InternalError; the client is not told. */
  cause?: unknown;
}

/** A connection on which nothing moves for so long is closed, and with it an upload that got stuck. */
const IDLE_MS = 60_000;
const HEADERS_MS = 30_000;
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_KEY_BYTES = 1024;

/** S3 over HTTP, path style (`/bucket/key`), not yet listening. */
export function createS3Server(options: S3ServerOptions): Server {
  const { store, buckets, region, credentials, now = Date.now } = options;
  const signer = new Signer({ region, credentials });
  const startedAt = new Date(now()).toISOString();
  const service: S3Service = { store, buckets, region, signer, startedAt };
  const authorizer: Authorizer = { signer, region, accessKeyId: credentials.accessKeyId, now };

  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    void exchange(message, response, { service, authorizer, onRequest: options.onRequest });
  };
  const server = createServer({
    // A gigabyte may take longer than any limit for a whole request; what counts is that it moves.
    requestTimeout: 0,
    headersTimeout: HEADERS_MS,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  server.on('request', listener);
  // Left unanswered, the client waits with its body until the headers were found good.
  server.on('checkContinue', listener);
  server.setTimeout(IDLE_MS);
  return server;
}

interface Rooms {
  service: S3Service;
  authorizer: Authorizer;
  onRequest: S3ServerOptions['onRequest'];
}

async function exchange(message: IncomingMessage, response: ServerResponse, rooms: Rooms): Promise<void> {
  const startedMs = performance.now();
  // A connection that breaks is seen where its body is read or its answer written.
  response.on('error', () => undefined);
  const origin = newOrigin(message);
  const line: RequestLine = { method: message.method ?? '', path: pathOf(message), status: 499, ms: 0 };
  try {
    const answer = await answerOrError(message, response, origin, rooms, line);
    line.status = answer.status;
    await sendAnswer(message, response, answer);
  } catch (error) {
    if (!(error instanceof ClientGone)) line.cause = error;
    response.destroy();
  }
  line.ms = Math.round(performance.now() - startedMs);
  rooms.onRequest?.(line);
}

async function answerOrError(
  message: IncomingMessage,
  response: ServerResponse,
  origin: RequestOrigin,
  rooms: Rooms,
  line: RequestLine,
): Promise<Answer> {
  const common = {
    'x-amz-request-id': origin.requestId,
    'x-amz-id-2': origin.hostId,
    server: 'AmazonS3',
    ...corsHeaders(message.headers.origin),
  };
  try {
    const answer = await answerRequest(message, response, origin, rooms);
    return { ...answer, headers: { ...common, ...answer.headers } };
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    const refusal = asS3Error(error);
    line.code = refusal.code;
    if (refusal.cause !== undefined) line.cause = refusal.cause;
    const answer = errorAnswer(refusal, origin, message);
    return { ...answer, headers: { ...common, ...answer.headers } };
  }
}

async function answerRequest(
  message: IncomingMessage,
  response: ServerResponse,
  origin: RequestOrigin,
  { service, authorizer }: Rooms,
): Promise<Answer> {
  const received = parseRequest(message);
  if (received.method === 'OPTIONS') return answerPreflight(received);
  const authorization = await authorize(received, authorizer);
  const request = authorization.presigned ? withHoistedHeaders(received) : received;

  const operation = findOperation(request);
  const { bucket, key } = request;
  if (request.path !== '/' && !service.buckets.includes(bucket)) {
    throw new S3Error('NoSuchBucket', { detail: { BucketName: bucket } });
  }
  const keyBytes = Buffer.byteLength(key, 'utf8');
  if (keyBytes > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', { detail: { Size: keyBytes, MaxSizeAllowed: MAX_KEY_BYTES } });
  }
  refuseWhatIsNotOffered(request);
  return operation({ request, authorization, origin, readBody: () => readBody(message, response) }, service);
}

function pathOf(message: IncomingMessage): string {
  return (message.url ?? '').replace(/\?.*$/s, '');
}
