import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ImageExists, UploadConflict } from '../../core/errors.ts';
import type { ImageObjects, ObjectRange, ObjectStat } from '../../core/ports.ts';
import { awsError, callAws } from './aws-failure.ts';
import { nameProblem, objectUrl } from './s3-names.ts';

/** `ImageObjects` on an S3 bucket. */
export function imageBucket({
  bucket: Bucket,
  client = s3Client(),
}: {
  bucket: string;
  client?: S3Client;
}): ImageObjects {
  async function stat(Key: string): Promise<ObjectStat | null> {
    try {
      const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
      return { ...statOf(head), size: head.ContentLength ?? 0 };
    } catch (error) {
      if (awsError(error).status === 404) return null;
      throw error;
    }
  }

  async function readRange(
    Key: string,
    start: number,
    length: number,
    sameEtag?: string,
  ): Promise<ObjectRange | 'changed' | null> {
    const range = {
      Range: `bytes=${start}-${start + length - 1}`,
      ...(sameEtag && { IfMatch: `"${sameEtag}"` }),
    };
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket, Key, ...range }));
      const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { ...statOf(answer), size: sizeIn(answer.ContentRange) ?? bytes.length, bytes };
    } catch (error) {
      const { status } = awsError(error);
      if (status === 404) return null;
      if (status === 412) return 'changed';
      if (status === 416) return readEmpty(Key);
      throw error;
    }
  }

  /** S3 answers 416 to any range of an empty object, without its headers. */
  async function readEmpty(Key: string): Promise<ObjectRange | 'changed' | null> {
    const object = await stat(Key);
    if (object === null) return null;
    return object.size === 0 ? { ...object, bytes: new Uint8Array() } : 'changed';
  }

  return {
    readRange: (...parameters) => callAws(() => readRange(...parameters)),

    async put(Key, Body, { contentType, ifAbsent, upload }) {
      const command = new PutObjectCommand({
        Bucket,
        Key,
        Body,
        ContentType: contentType,
        Metadata: { [UPLOAD]: upload },
        ...absent(ifAbsent),
      });
      const { ETag } = await callAws(() => client.send(command).catch(throwUploadError));
      // S3 doesn't say here when it wrote the object; the event, which confirms the record, reads it, in seconds.
      return { etag: unquoted(ETag), lastModified: new Date(Math.floor(Date.now() / 1000) * 1000) };
    },

    async presignUpload(Key, { contentType, size, seconds, ifAbsent }) {
      const command = new PutObjectCommand({
        Bucket,
        Key,
        ContentType: contentType,
        ContentLength: size,
        ...absent(ifAbsent),
      });
      const url = await getSignedUrl(client, command, {
        expiresIn: seconds,
        // Without these the signature would bind neither the type nor the length nor the condition.
        signableHeaders: new Set(['host', 'content-type', 'content-length', 'if-none-match']),
        unhoistableHeaders: new Set(['if-none-match']),
      });
      return {
        url,
        headers: {
          'content-type': contentType,
          'content-length': String(size),
          ...(ifAbsent && { 'if-none-match': '*' }),
        },
      };
    },

    url: (key) => objectUrl(Bucket, key),
    nameProblem,
  };
}

/** A client that adds no checksum where none is asked for: a presigned PUT would sign that of an empty body. */
function s3Client(): S3Client {
  return new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
}

function absent(ifAbsent: boolean) {
  return ifAbsent ? { IfNoneMatch: '*' } : {};
}

function throwUploadError(error: unknown): never {
  const { status } = awsError(error);
  if (status === 412) throw new ImageExists('', { cause: error });
  if (status === 409) throw new UploadConflict('', { cause: error });
  throw error;
}

// The object's user-defined metadata that names its upload: `x-amz-meta-upload-id`.
const UPLOAD = 'upload-id';

function statOf(answer: {
  ETag?: string;
  ContentType?: string;
  LastModified?: Date;
  Metadata?: Record<string, string>;
}): Omit<ObjectStat, 'size'> {
  const upload = answer.Metadata?.[UPLOAD];
  return {
    ...(upload !== undefined && { upload }),
    etag: unquoted(answer.ETag),
    contentType: answer.ContentType,
    lastModified: answer.LastModified ?? new Date(0),
  };
}

function unquoted(etag = ''): string {
  return etag.replaceAll('"', '');
}

/** `bytes 0-65535/1234567` */
function sizeIn(contentRange: string | undefined): number | undefined {
  const size = /\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return size === undefined ? undefined : Number(size);
}
