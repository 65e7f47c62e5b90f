import { S3Error } from '../errors.ts';
import { checkPayloadHash } from '../upload/payload-hash.ts';
import type { S3Request } from '../request.ts';
import { UNSUPPORTED_MECHANISM, type SignatureClaim } from './signature-claim.ts';
import { ALGORITHM } from './signature-v4.ts';

const MAX_SKEW_MS = 15 * 60 * 1000;

/**
 * Reads `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
export function claimFromHeader(request: S3Request, header: string): SignatureClaim {
  const fields = parseFields(header);
  const credential = fields.get('Credential') ?? '';
  const slash = credential.indexOf('/');
  if (slash < 1)
    throw malformed(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );

  const payloadHash = request.headers.get('x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: x-amz-content-sha256',
    });
  }
  checkPayloadHash(payloadHash);
  return {
    accessKeyId: credential.slice(0, slash),
    scope: credential.slice(slash + 1),
    signedHeaders: (fields.get('SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: fields.get('Signature') ?? '',
    amzDate: requestDate(request),
    payloadHash,
    malformed,
    checkTime: checkSkew,
  };
}

function parseFields(header: string): Map<string, string> {
  if (!header.startsWith(`${ALGORITHM} `)) throw unknownMechanism(header);
  const fields = new Map<string, string>();
  for (const part of header.slice(ALGORITHM.length).split(',')) {
    const [name = '', ...value] = part.trim().split('=');
    fields.set(name, value.join('='));
  }
  for (const name of ['Credential', 'SignedHeaders', 'Signature']) {
    if (!fields.get(name)) throw malformed(`missing ${name}.`);
  }
  return fields;
}

function unknownMechanism(header: string): S3Error {
  if (/^AWS4?[- ]/.test(header)) return new S3Error('InvalidRequest', { message: UNSUPPORTED_MECHANISM });
  return new S3Error('InvalidArgument', {
    message: 'Unsupported Authorization Type',
    detail: { ArgumentName: 'Authorization', ArgumentValue: header },
  });
}

function malformed(what: string, detail: Record<string, string> = {}): S3Error {
  return new S3Error('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; ${what}`,
    detail,
  });
}

/** In SigV4's form; a client may send HTTP's Date alone. `''` when there is none. */
function requestDate(request: S3Request): string {
  const amzDate = request.headers.get('x-amz-date');
  if (amzDate !== undefined) return amzDate;
  const date = new Date(request.headers.get('date') ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function checkSkew(signedAt: Date, now: number): void {
  if (Math.abs(now - signedAt.getTime()) <= MAX_SKEW_MS) return;
  throw new S3Error('RequestTimeTooSkewed', {
    detail: {
      RequestTime: signedAt.toISOString().replace(/[-:]|\.\d{3}/g, ''),
      ServerTime: new Date(now).toISOString().replace(/\.\d{3}/, ''),
      MaxAllowedSkewMilliseconds: MAX_SKEW_MS,
    },
  });
}
