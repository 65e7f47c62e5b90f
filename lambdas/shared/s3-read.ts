import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectRange, ObjectStat } from '../../core/ports.ts';
import { awsError } from './aws-failure.ts';

export interface Bucket {
  client: S3Client;
  name: string;
}

/** The object's user-defined metadata that names its upload: `x-amz-meta-upload-id`. */
export const UPLOAD_ID = 'upload-id';

/** `null`: no such object. */
export async function statObject(bucket: Bucket, key: string): Promise<ObjectStat | null> {
  try {
    const head = await bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key: key }));
    return { ...statOf(head), size: head.ContentLength ?? 0 };
  } catch (error) {
    if (awsError(error).status === 404) return null;
    throw error;
  }
}

/** As `ImageObjects.readRange` (core/ports.ts). */
export async function readRange(
  bucket: Bucket,
  key: string,
  { start, length, sameEtag }: { start: number; length: number; sameEtag?: string },
): Promise<ObjectRange | 'changed' | null> {
  const command = new GetObjectCommand({
    Bucket: bucket.name,
    Key: key,
    Range: `bytes=${start}-${start + length - 1}`,
    ...(sameEtag !== undefined && { IfMatch: `"${sameEtag}"` }),
  });
  try {
    const answer = await bucket.client.send(command);
    const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    return { ...statOf(answer), size: sizeIn(answer.ContentRange) ?? bytes.length, bytes };
  } catch (error) {
    const { status } = awsError(error);
    if (status === 404) return null;
    if (status === 412) return 'changed';
    if (status === 416) return readEmpty(bucket, key);
    throw error;
  }
}

export function unquoted(etag = ''): string {
  return etag.replaceAll('"', '');
}

/** S3 answers 416 to any range of an empty object, without its headers. */
async function readEmpty(bucket: Bucket, key: string): Promise<ObjectRange | 'changed' | null> {
  const object = await statObject(bucket, key);
  if (object === null) return null;
  return object.size === 0 ? { ...object, bytes: new Uint8Array() } : 'changed';
}

function statOf(answer: {
  ETag?: string;
  ContentType?: string;
  LastModified?: Date;
  Metadata?: Record<string, string>;
}): Omit<ObjectStat, 'size'> {
  const upload = answer.Metadata?.[UPLOAD_ID];
  return {
    ...(upload !== undefined && { upload }),
    etag: unquoted(answer.ETag),
    contentType: answer.ContentType,
    lastModified: answer.LastModified ?? new Date(0),
  };
}

/** `bytes 0-65535/1234567` */
function sizeIn(contentRange: string | undefined): number | undefined {
  const size = /\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return size === undefined ? undefined : Number(size);
}
