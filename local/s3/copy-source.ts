import { checkReadConditions } from './conditions.ts';
import { S3Error } from './errors.ts';
import { notOffered } from './not-offered.ts';
import type { ObjectAddress, OpenedObject, StoredObject } from './object-store.ts';
import type { S3Service } from './operation.ts';
import type { S3Request } from './request.ts';
import { decodePercent } from './url-encoding.ts';

const HEADER = 'x-amz-copy-source';

/**
 * The object that a copy reads. Throws InvalidArgument or NotImplemented.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function copySource({ headers }: S3Request): ObjectAddress {
  const [path = '', version] = (headers.get(HEADER) ?? '').split('?versionId=');
  // `null` is the only version of an object where there are no versions.
  if (version !== undefined && version !== 'null') throw notOffered(`${HEADER}?versionId`);
  const [, bucket, key] = /^\/?([^/]+)\/([^]+)$/.exec(decodePercent(path) ?? '') ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw new S3Error('InvalidArgument', {
    message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    detail: { ArgumentName: HEADER, ArgumentValue: path },
  });
}

/** Opens it; its body is to be closed by who asked. Throws NoSuchBucket, NoSuchKey or PreconditionFailed. */
export async function openCopySource(
  request: S3Request,
  source: ObjectAddress,
  { store, buckets }: S3Service,
): Promise<OpenedObject> {
  if (!buckets.includes(source.bucket)) {
    throw new S3Error('NoSuchBucket', { detail: { BucketName: source.bucket } });
  }
  const opened = await store.open(source);
  if (opened === undefined) throw new S3Error('NoSuchKey', { detail: { Key: source.key } });
  try {
    checkConditions(request, opened.object);
    return opened;
  } catch (error) {
    await opened.body.close();
    throw error;
  }
}

/** The conditions are those of a read under longer names, but for 304: there is no such copy. */
function checkConditions({ headers }: S3Request, object: StoredObject): void {
  const prefix = `${HEADER}-`;
  const ofSource = [...headers].filter(([name]) => name.startsWith(prefix));
  const conditions = new Map(ofSource.map(([name, value]) => [name.slice(prefix.length), value]));
  if (checkReadConditions(conditions, object) === 'send') return;
  const condition = conditions.has('if-none-match') ? 'if-none-match' : 'if-modified-since';
  throw new S3Error('PreconditionFailed', { detail: { Condition: prefix + condition } });
}
