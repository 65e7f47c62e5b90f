import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ImageExists, UploadConflict } from '../../core/errors.ts';
import type { ImageObjects, PresignedUpload } from '../../core/ports.ts';
import { awsError } from './aws-failure.ts';
import { type Bucket, UPLOAD_ID, statObject, unquoted } from './s3-read.ts';

type Put = Parameters<ImageObjects['put']>[2];
type Presign = Parameters<ImageObjects['presignUpload']>[1];

/** As `ImageObjects.put` (core/ports.ts). */
export async function putObject(
  bucket: Bucket,
  key: string,
  body: Uint8Array,
  { contentType, ifAbsent, upload }: Put,
): Promise<{ etag: string; lastModified: Date }> {
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: key,
    Body: body,
    ContentType: contentType,
    Metadata: { [UPLOAD_ID]: upload },
    ...absent(ifAbsent),
  });
  try {
    const { ETag } = await bucket.client.send(command);
    // S3 doesn't say here when it wrote the object; the event, which confirms the record, reads it, in seconds.
    return { etag: unquoted(ETag), lastModified: new Date(Math.floor(Date.now() / 1000) * 1000) };
  } catch (error) {
    const { status } = awsError(error);
    if (status === 409) throw new UploadConflict('', { cause: error });
    if (status !== 412) throw error;
    // A try whose answer was lost may have put the object, and the SDK's next one finds it there.
    const there = await statObject(bucket, key);
    if (there?.upload === upload) return there;
    throw new ImageExists('', { cause: error });
  }
}

/** As `ImageObjects.presignUpload` (core/ports.ts). */
export async function presignUpload(
  bucket: Bucket,
  key: string,
  { contentType, size, seconds, ifAbsent }: Presign,
): Promise<PresignedUpload> {
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: key,
    ContentType: contentType,
    ContentLength: size,
    ...absent(ifAbsent),
  });
  const url = await getSignedUrl(bucket.client, command, {
    expiresIn: seconds,
    // Without these the signature would bind neither the type nor the length nor the condition.
    signableHeaders: new Set(['host', 'content-type', 'content-length', 'if-none-match']),
    unhoistableHeaders: new Set(['if-none-match']),
  });
  const headers = { 'content-type': contentType, 'content-length': String(size) };
  return { url, headers: { ...headers, ...(ifAbsent && { 'if-none-match': '*' }) } };
}

function absent(ifAbsent: boolean) {
  return ifAbsent ? { IfNoneMatch: '*' } : {};
}
