import type { S3Error } from '../errors.ts';

/** What a request claims about who signed it, when, and over what. */
export interface SignatureClaim {
  accessKeyId: string;
  /** `20130524/us-east-1/s3/aws4_request` */
  scope: string;
  signedHeaders: readonly string[];
  signature: string;
  /** `20130524T000000Z` */
  amzDate: string;
  /** SHA-256 in hex, or one of the words that stand in its place. */
  payloadHash: string;
  /** S3 words a fault differently in a header and in a query. */
  malformed: (what: string, detail?: Record<string, string>) => S3Error;
  /** Throws when the claim is not of this hour. */
  checkTime: (signedAt: Date, now: number) => void;
}

/** Signature version 2 and what else is no SigV4. */
export const UNSUPPORTED_MECHANISM =
  'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
