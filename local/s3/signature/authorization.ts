import { claimFromHeader } from './authorization-header.ts';
import { isSameSecret } from '../../is-same-secret.ts';
import { S3Error } from '../errors.ts';
import { claimFromQuery, isPresigned, withoutSignature } from './presigned-url.ts';
import type { S3Request } from '../request.ts';
import type { SignatureClaim } from './signature-claim.ts';
import { parseAmzDate, type Signer } from './signature-v4.ts';
import { latin1AsUtf8 } from '../url-encoding.ts';

/** A request whose signature was found right. */
export interface Authorization extends Pick<
  SignatureClaim,
  'scope' | 'signature' | 'amzDate' | 'payloadHash'
> {
  presigned: boolean;
}

export interface Authorizer {
  signer: Signer;
  region: string;
  accessKeyId: string;
  now: () => number;
}

/**
 * Checks SigV4, in the Authorization header or in the query.
 * Throws AccessDenied, AuthorizationHeaderMalformed, AuthorizationQueryParametersError,
 * InvalidAccessKeyId, InvalidRequest, InvalidToken, RequestTimeTooSkewed or SignatureDoesNotMatch.
 */
export async function authorize(request: S3Request, authorizer: Authorizer): Promise<Authorization> {
  const presigned = isPresigned(request);
  const header = request.headers.get('authorization');
  if (presigned && header !== undefined) throw new S3Error('InvalidArgument', { message: TWO_MECHANISMS });
  if (!presigned && header === undefined) throw new S3Error('AccessDenied');

  const claim = presigned ? claimFromQuery(request) : claimFromHeader(request, header ?? '');
  checkScope(claim, authorizer);
  checkToken(request);
  checkTime(claim, authorizer.now());
  checkAllSigned(request, claim.signedHeaders);
  await checkSignature(request, claim, authorizer.signer);
  return { ...claim, presigned };
}

const TWO_MECHANISMS =
  'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string ' +
  'parameter or the Authorization header should be specified';

function checkScope(claim: SignatureClaim, { accessKeyId, region }: Authorizer): void {
  const parts = claim.scope.split('/');
  const [date = '', claimedRegion = '', service, terminal] = parts;
  if (parts.length !== 4 || !/^\d{8}$/.test(date)) {
    throw claim.malformed(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (terminal !== 'aws4_request') {
    throw claim.malformed(`incorrect terminal "${terminal ?? ''}". This endpoint uses "aws4_request".`);
  }
  if (service !== 's3') {
    throw claim.malformed(`incorrect service "${service ?? ''}". This endpoint belongs to "s3".`);
  }
  if (claimedRegion !== region) {
    throw claim.malformed(`the region '${claimedRegion}' is wrong; expecting '${region}'`, {
      Region: region,
    });
  }
  if (claim.accessKeyId !== accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', { detail: { AWSAccessKeyId: claim.accessKeyId } });
  }
}

/** The stack's credentials are long-lived: a session token belongs to other ones. */
function checkToken(request: S3Request): void {
  const inQuery = request.query.find(([name]) => name === 'X-Amz-Security-Token')?.[1];
  const token = inQuery ?? request.headers.get('x-amz-security-token');
  if (token !== undefined) throw new S3Error('InvalidToken', { detail: { 'Token-0': token } });
}

function checkTime(claim: SignatureClaim, now: number): void {
  const signedAt = parseAmzDate(claim.amzDate);
  if (signedAt === undefined) {
    throw new S3Error('AccessDenied', {
      message: 'AWS authentication requires a valid Date or x-amz-date header',
    });
  }
  const scopeDate = claim.scope.slice(0, 8);
  if (!claim.amzDate.startsWith(scopeDate)) {
    throw claim.malformed(
      `Invalid credential date "${scopeDate}". This date is not the same as X-Amz-Date: "${claim.amzDate.slice(0, 8)}".`,
    );
  }
  claim.checkTime(signedAt, now);
}

/** What is not signed could have been added on the way. */
function checkAllSigned(request: S3Request, signedHeaders: readonly string[]): void {
  const mustBeSigned = [...request.headers.keys()].filter(
    (name) => name === 'host' || name.startsWith('x-amz-'),
  );
  const missing = mustBeSigned.filter((name) => !signedHeaders.includes(name));
  if (missing.length === 0) return;
  throw new S3Error('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    detail: { HeadersNotSigned: missing.join(', ') },
  });
}

async function checkSignature(request: S3Request, claim: SignatureClaim, signer: Signer): Promise<void> {
  const headers = claim.signedHeaders.map((name) => {
    const value = request.headers.get(name) ?? '';
    // Clients sign characters and send bytes, UTF-8 as a rule.
    return [name, latin1AsUtf8(value) ?? value];
  });
  const expected = await signer.expected({
    ...claim,
    method: request.method,
    path: request.path,
    query: withoutSignature(request.query),
    headers: Object.fromEntries(headers) as Record<string, string>,
  });
  if (isSameSecret(claim.signature, expected.signature)) return;
  throw new S3Error('SignatureDoesNotMatch', {
    detail: {
      AWSAccessKeyId: claim.accessKeyId,
      StringToSign: expected.stringToSign,
      SignatureProvided: claim.signature,
      StringToSignBytes: hexBytes(expected.stringToSign),
      CanonicalRequest: expected.canonicalRequest,
      CanonicalRequestBytes: hexBytes(expected.canonicalRequest),
    },
  });
}

function hexBytes(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
}
