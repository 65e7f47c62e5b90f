import { S3Client } from '@aws-sdk/client-s3';
import type { ImageObjects } from '../../core/ports.ts';
import { callAws } from './aws-failure.ts';
import { nameProblem, objectUrl } from './s3-names.ts';
import { readRange } from './s3-read.ts';
import { presignUpload, putObject } from './s3-upload.ts';

/** `ImageObjects` on an S3 bucket. */
export function imageBucket(options: { bucket: string; client?: S3Client }): ImageObjects {
  const bucket = { name: options.bucket, client: options.client ?? s3Client() };
  return {
    readRange: (key, start, length, sameEtag) =>
      callAws(() => readRange(bucket, key, { start, length, sameEtag })),
    put: (key, body, how) => callAws(() => putObject(bucket, key, body, how)),
    presignUpload: (key, how) => presignUpload(bucket, key, how),
    url: (key) => objectUrl(bucket.name, key),
    nameProblem,
  };
}

/** A client that adds no checksum where none is asked for: a presigned PUT would sign that of an empty body. */
function s3Client(): S3Client {
  return new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
}
