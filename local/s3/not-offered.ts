import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** Headers that ask for something that is not here yet: an answer of 200 would be a lie. */
const NOT_OFFERED = [
  /^x-amz-(?:copy-source|server-side-encryption|object-lock-|if-match-|rename-source)/,
  /^x-amz-(?:tagging|metadata-directive|tagging-directive|website-redirect-location)$/,
  /^x-amz-(?:mfa|bypass-governance-retention|write-offset-bytes|optional-object-attributes)$/,
  /^x-amz-(?:source-)?expected-bucket-owner$/,
];

/** These mean something to a copy, and only there. */
const OF_COPIES =
  /^x-amz-(?:metadata-directive|copy-source(?:-if-(?:none-match|match|modified-since|unmodified-since))?)$/;

/** Throws NotImplemented, or what S3 says of ACLs in a bucket as they are made since 2023: without any. */
export function refuseWhatIsNotOffered({ headers }: S3Request, isCopy: boolean): void {
  for (const [name, value] of headers) {
    if (isCopy && OF_COPIES.test(name)) continue;
    if (NOT_OFFERED.some((pattern) => pattern.test(name))) throw notOffered(name);
    if (name === 'x-amz-storage-class' && value !== 'STANDARD') throw notOffered(name);
    if (name.startsWith('x-amz-grant-')) throw new S3Error('AccessControlListNotSupported');
    if (name === 'x-amz-acl' && value !== 'bucket-owner-full-control') {
      throw new S3Error('AccessControlListNotSupported');
    }
  }
}

export function notOffered(header: string): S3Error {
  return new S3Error('NotImplemented', { detail: { Header: header } });
}
