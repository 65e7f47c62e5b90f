import { InvalidName, NotAnImage, TooLarge, TooLargeForOnePut, UnsupportedMediaType } from './errors.ts';
import { readHeaderOfWhole } from './header/read-on.ts';
import { nameOf, nameProblem, toImageId } from './image-id.ts';
import { buildRecord } from './build-record.ts';
import type { ImageRecord } from './image-record.ts';
import type { ImageObjects, PresignedUpload } from './ports.ts';
import type { SyncOptions } from './sync-object.ts';

export interface UploadOptions extends SyncOptions {
  /** Bytes of an image that comes through the API. */
  maxUploadBytes: number;
  /** A random name for each upload. */
  newUploadId: () => string;
}

export interface Upload {
  name: string;
  bytes: Uint8Array;
  overwrite: boolean;
}

/**
 * Puts an image into the bucket and answers its record at once; the object's event then confirms it.
 * Throws `InvalidName`, `TooLarge`, `NotAnImage`, `ImageExists` (unless `overwrite`) or `UploadConflict`.
 */
export async function uploadImage(upload: Upload, options: UploadOptions): Promise<ImageRecord> {
  const { records, objects, home, gps, now } = options;
  const id = idOf(upload.name, objects, home.prefix);
  if (upload.bytes.length > options.maxUploadBytes) throw new TooLarge();
  const header = readHeaderOfWhole(upload.bytes, { gps });
  if (header.contentType === undefined) throw new NotAnImage();

  // Read before the put: the write below is then refused if the put's own event, or any later one, was faster.
  const seen = await records.get(id);
  const { contentType } = header;
  const uploadId = options.newUploadId();
  const { etag, lastModified } = await objects.put(id, upload.bytes, {
    contentType,
    ifAbsent: !upload.overwrite,
    upload: uploadId,
  });
  const object = { size: upload.bytes.length, etag, contentType, lastModified };
  const record = buildRecord(id, object, header, home, now());
  if (seen?.record) record.created_at = seen.record.created_at;
  const next = { order: seen?.order ?? '', record, upload: uploadId };
  const result = await records.writeIfUnchanged(id, seen?.version ?? null, next);
  if (result === 'written') return record;
  // The event's record of this very object is the truer one.
  const newer = await records.get(id);
  return newer?.record?.etag === etag ? newer.record : record;
}

export interface UploadUrlRequest {
  name: string;
  content_type: string;
  /** Bytes. */
  size: number;
  overwrite: boolean;
}

export interface UploadUrl extends PresignedUpload {
  image_id: string;
  method: 'PUT';
  expires_at: string;
}

const URL_SECONDS = 900;
// One PUT's limit on S3 (Amazon S3 User Guide, "Uploading objects"), and no less elsewhere.
const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** An address for one PUT of this name, type and size. Throws `InvalidName`, `TooLargeForOnePut` or `UnsupportedMediaType`. */
export async function createUploadUrl(request: UploadUrlRequest, options: UploadOptions): Promise<UploadUrl> {
  const { objects, home, now } = options;
  const id = idOf(request.name, objects, home.prefix);
  if (request.size > MAX_PUT_BYTES) throw new TooLargeForOnePut();
  if (!request.content_type.startsWith('image/')) throw new UnsupportedMediaType();
  const expiresAt = new Date(now().getTime() + URL_SECONDS * 1000);
  const presigned = await objects.presignUpload(id, {
    contentType: request.content_type,
    size: request.size,
    seconds: URL_SECONDS,
    ifAbsent: !request.overwrite,
  });
  return { image_id: id, method: 'PUT', ...presigned, expires_at: expiresAt.toISOString() };
}

function idOf(name: string, objects: ImageObjects, prefix: string): string {
  const id = toImageId(name, prefix);
  const problem = nameProblem(nameOf(id, prefix)) ?? objects.nameProblem(id);
  if (problem !== undefined) throw new InvalidName(`name: can't be used, for ${problem}`);
  return id;
}
