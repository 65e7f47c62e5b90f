import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { stack } from './stack.ts';

/** What the suite asks of a bucket, and so what another cloud's driver has to offer. */
export interface ObjectDriver {
  put(key: string, bytes: Uint8Array, options?: { contentType?: string }): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  remove(key: string): Promise<void>;
  list(prefix: string): Promise<string[]>;
}

export const s3Client = new S3Client({
  endpoint: stack.s3_endpoint,
  region: stack.region,
  credentials: { accessKeyId: stack.access_key_id, secretAccessKey: stack.secret_access_key },
  forcePathStyle: true,
});

const Bucket = stack.bucket;

export const objects: ObjectDriver = {
  async put(Key, Body, { contentType: ContentType } = {}) {
    await s3Client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
  },

  async get(Key) {
    try {
      const { Body } = await s3Client.send(new GetObjectCommand({ Bucket, Key }));
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },

  async remove(Key) {
    await s3Client.send(new DeleteObjectCommand({ Bucket, Key }));
  },

  async list(Prefix) {
    const keys: string[] = [];
    // XML has no way to write a control character: without the encoding such a key could not be read.
    const request = { Bucket, Prefix, EncodingType: 'url' as const };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3Client }, request)) {
      keys.push(...Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' '))));
    }
    return keys;
  },
};
