import type { Readable } from 'node:stream';
import type { Authorization } from './signature/authorization.ts';
import type { ObjectStore } from './object-store.ts';
import type { RequestOrigin, S3Request } from './request.ts';
import type { Signer } from './signature/signature-v4.ts';

/** What all operations work on. */
export interface S3Service {
  store: ObjectStore;
  buckets: readonly string[];
  region: string;
  signer: Signer;
  /** ISO 8601: all the age that a bucket of the local stack has. */
  startedAt: string;
}

/** A request that was found authentic, and its body if the operation wants it. */
export interface Call {
  request: S3Request;
  authorization: Authorization;
  origin: RequestOrigin;
  /** Asks a waiting client to go on, and reads. Throws ClientGone. */
  readBody: () => AsyncGenerator<Buffer, void, void>;
}

export interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  /** Text is XML. A stream is closed when it was sent, and when the client goes away. */
  body?: string | Readable;
}

/** One operation of S3, a file each in operations/. Throws S3Error. */
export type Operation = (call: Call, service: S3Service) => Promise<Answer>;
