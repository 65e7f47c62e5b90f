import { S3Error } from '../errors.ts';
import { queryValue, type S3Request } from '../request.ts';
import { MAX_PARTS } from './completion-request.ts';
import type { UploadAddress } from './multipart-uploads.ts';

export function uploadAddress(request: S3Request): UploadAddress {
  const { bucket, key } = request;
  return { bucket, key, uploadId: queryValue(request, 'uploadId') ?? '' };
}

/** Throws InvalidArgument. */
export function partNumberOf(request: S3Request): number {
  const text = queryValue(request, 'partNumber') ?? '';
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MAX_PARTS) return number;
  throw new S3Error('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
    detail: { ArgumentName: 'partNumber', ArgumentValue: text },
  });
}
