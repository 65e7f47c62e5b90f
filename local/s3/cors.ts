import { S3Error } from './errors.ts';
import type { Answer } from './operation.ts';
import type { S3Request } from './request.ts';

const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];
const MAX_AGE_SECONDS = 3000;

/** Headers of every answer to a page of another origin: all are welcome, and may read the ETag. */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': METHODS.join(', '),
    'access-control-expose-headers': 'ETag, x-amz-request-id, x-amz-id-2',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/**
 * What a browser asks before it uploads by a presigned URL; nobody signs that question.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export function answerPreflight({ headers }: S3Request): Answer {
  if (headers.get('origin') === undefined) {
    throw new S3Error('BadRequest', { message: 'Insufficient information. Origin request header needed.' });
  }
  const method = headers.get('access-control-request-method');
  if (method === undefined) {
    throw new S3Error('BadRequest', { message: 'Invalid Access-Control-Request-Method: null' });
  }
  if (!METHODS.includes(method)) throw new S3Error('AccessForbidden', { detail: { Method: method } });
  const asked = headers.get('access-control-request-headers');
  return {
    status: 200,
    headers: {
      ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }),
      'access-control-max-age': MAX_AGE_SECONDS,
      'content-length': 0,
    },
  };
}
