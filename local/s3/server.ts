import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerRequest, type RequestLine } from './exchange.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Service } from './operation.ts';
import type { Authorizer } from './signature/authorization.ts';
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

/** A connection on which nothing moves for so long is closed, and with it an upload that got stuck. */
const IDLE_MS = 60_000;
const HEADERS_MS = 30_000;
const MAX_HEADER_BYTES = 32 * 1024;

/** S3 over HTTP, path style (`/bucket/key`), not yet listening. */
export function createS3Server(options: S3ServerOptions): Server {
  const { store, buckets, region, credentials, now = Date.now } = options;
  const signer = new Signer({ region, credentials });
  const startedAt = new Date(now()).toISOString();
  const service: S3Service = { store, buckets, region, signer, startedAt };
  const authorizer: Authorizer = { signer, region, accessKeyId: credentials.accessKeyId, now };

  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    void answerRequest(message, response, { service, authorizer, onRequest: options.onRequest });
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
