import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer, sendAnswer } from './answer.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { asS3Error, ClientGone, S3Error } from './errors.ts';
import { refuseWhatIsNotOffered } from './not-offered.ts';
import type { Answer, S3Service } from './operation.ts';
import { newOrigin, parseRequest, type RequestOrigin, type S3Request } from './request.ts';
import { findOperation, isCopy } from './router.ts';
import { authorize, type Authorizer } from './signature/authorization.ts';
import { withHoistedHeaders } from './signature/presigned-url.ts';
import { readBody } from './upload/read-body.ts';

export interface ExchangeContext {
  service: S3Service;
  authorizer: Authorizer;
  onRequest: ((line: RequestLine) => void) | undefined;
}

/** What a request came to, for the console. */
export interface RequestLine {
  method: string;
  /** As it was sent, percent-encoded, without the query, which may hold a signature. */
  path: string;
  /** 499 where the client went away before there was an answer. */
  status: number;
  ms: number;
  /** What the client says of itself; `''` where it says nothing. */
  userAgent: string;
  /** S3's error code. */
  code?: string;
  /** What is behind an InternalError; the client is not told. */
  cause?: unknown;
}

const MAX_KEY_BYTES = 1024;

/** Takes a request from its headers to its answer; never rejects. */
export async function answerRequest(
  message: IncomingMessage,
  response: ServerResponse,
  context: ExchangeContext,
): Promise<void> {
  const startedMs = performance.now();
  // A connection that breaks is seen where its body is read or its answer written.
  response.on('error', () => undefined);
  const line = newLine(message);
  try {
    const answer = await answerOrRefuse({ message, response, origin: newOrigin(message), line }, context);
    line.status = answer.status;
    await sendAnswer(message, response, answer);
  } catch (error) {
    if (!(error instanceof ClientGone)) line.cause = error;
    response.destroy();
  }
  line.ms = Math.round(performance.now() - startedMs);
  context.onRequest?.(line);
}

function newLine({ method = '', url = '', headers }: IncomingMessage): RequestLine {
  const path = url.replace(/\?.*$/s, '');
  return { method, path, status: 499, ms: 0, userAgent: headers['user-agent'] ?? '' };
}

interface Exchange {
  message: IncomingMessage;
  response: ServerResponse;
  origin: RequestOrigin;
  line: RequestLine;
}

async function answerOrRefuse(exchange: Exchange, context: ExchangeContext): Promise<Answer> {
  const { message, origin } = exchange;
  const common = {
    'x-amz-request-id': origin.requestId,
    'x-amz-id-2': origin.hostId,
    server: 'AmazonS3',
    ...corsHeaders(message.headers.origin),
  };
  const answer = await perform(exchange, context).catch((error: unknown) => refuse(error, exchange));
  return { ...answer, headers: { ...common, ...answer.headers } };
}

function refuse(error: unknown, { message, origin, line }: Exchange): Answer {
  if (error instanceof ClientGone) throw error;
  const refusal = asS3Error(error);
  line.code = refusal.code;
  if (refusal.cause !== undefined) line.cause = refusal.cause;
  return errorAnswer(refusal, origin, message);
}

async function perform(
  { message, response, origin }: Exchange,
  { service, authorizer }: ExchangeContext,
): Promise<Answer> {
  const received = parseRequest(message);
  if (received.method === 'OPTIONS') return answerPreflight(received);
  const authorization = await authorize(received, authorizer);
  const request = authorization.presigned ? withHoistedHeaders(received) : received;

  const operation = findOperation(request);
  checkAddress(request, service.buckets);
  refuseWhatIsNotOffered(request, isCopy(request));
  return operation({ request, authorization, origin, readBody: () => readBody(message, response) }, service);
}

function checkAddress({ path, bucket, key }: S3Request, buckets: readonly string[]): void {
  if (path !== '/' && !buckets.includes(bucket)) {
    throw new S3Error('NoSuchBucket', { detail: { BucketName: bucket } });
  }
  const keyBytes = Buffer.byteLength(key, 'utf8');
  if (keyBytes > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', { detail: { Size: keyBytes, MaxSizeAllowed: MAX_KEY_BYTES } });
  }
}
