import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Database } from '../../database.ts';
import { S3Error } from '../errors.ts';
import type { BatchOperation } from '../object-change.ts';
import type { BodyFiles, IncomingBody } from '../storage/body-files.ts';
import { KeyLock } from '../storage/key-lock.ts';
import type { UploadChecksum } from './upload-checksum.ts';

/** An upload in parts that was begun and neither completed nor aborted. */
export interface MultipartUpload {
  uploadId: string;
  bucket: string;
  key: string;
  /** ISO 8601. */
  initiated: string;
  /** What the object will be kept with. */
  headers: Record<string, string>;
  checksum: UploadChecksum;
}

export interface UploadedPart {
  partNumber: number;
  size: number;
  /** MD5 in hex. */
  eTag: string;
  /** ISO 8601. */
  lastModified: string;
  /** A name of CHECKSUMS: the upload's, unless that was nobody's choice and the part came with another. */
  algorithm: string;
  /** Base64. */
  checksum: string;
  /** Where its bytes lie, under the folder of all bodies. */
  file: string;
}

interface Options {
  db: Database;
  files: BodyFiles;
  now: () => number;
}

/** Which upload a request is about; its key is a part of its name. */
export interface UploadAddress {
  bucket: string;
  key: string;
  uploadId: string;
}

/** Uploads in parts and their parts; they outlive a restart. All changes of one upload take turns. */
export class MultipartUploads {
  readonly #options: Options;
  /** By bucket, key and time of beginning, as they are listed. */
  readonly #uploads;
  /** By upload and number. */
  readonly #parts;
  /** Which bodies are in use, for the store's sweep. */
  readonly #bodies;
  readonly #lock = new KeyLock();

  constructor(options: Options) {
    this.#options = options;
    const json = { valueEncoding: 'json' };
    this.#uploads = options.db.sublevel<string, MultipartUpload>('uploads', json);
    this.#parts = options.db.sublevel<string, UploadedPart>('upload-parts', json);
    this.#bodies = options.db.sublevel('object-bodies', json);
  }

  async create(
    { bucket, key }: { bucket: string; key: string },
    kept: Pick<MultipartUpload, 'headers' | 'checksum'>,
  ): Promise<MultipartUpload> {
    const time = this.#options.now();
    // Begins with the time: uploads of one key are listed in the order in which they were begun.
    const uploadId = time.toString(16).padStart(12, '0') + randomBytes(26).toString('hex');
    const initiated = new Date(time - (time % 1000)).toISOString();
    const upload: MultipartUpload = { uploadId, bucket, key, initiated, ...kept };
    await this.#uploads.put(uploadName(upload), upload);
    return upload;
  }

  /** Throws NoSuchUpload. */
  async get(address: UploadAddress): Promise<MultipartUpload> {
    const upload = await this.#uploads.get(uploadName(address));
    if (upload === undefined) throw new S3Error('NoSuchUpload', { detail: { UploadId: address.uploadId } });
    return upload;
  }

  /** Makes a received body a part, in place of an earlier one of its number. Throws NoSuchUpload. */
  async putPart(
    address: UploadAddress,
    part: Omit<UploadedPart, 'file' | 'lastModified'> & { body: IncomingBody },
  ): Promise<void> {
    const { db, files, now } = this.#options;
    const replaced = await this.#lock.run(address.uploadId, async () => {
      const { bucket, key } = await this.get(address);
      const { body, ...known } = part;
      const name = partName(address.uploadId, part.partNumber);
      const before = await this.#parts.get(name);
      const file = await body.place(`${bucket}/${key}`);
      const time = now();
      const lastModified = new Date(time - (time % 1000)).toISOString();
      const batch: BatchOperation[] = [
        { type: 'put', sublevel: this.#parts, key: name, value: { ...known, lastModified, file } },
        { type: 'put', sublevel: this.#bodies, key: file, value: name },
      ];
      if (before !== undefined) batch.push({ type: 'del', sublevel: this.#bodies, key: before.file });
      await db.batch(batch);
      return before;
    });
    // What can't be removed now is swept at the next start.
    if (replaced !== undefined) await files.remove(replaced.file).catch(() => undefined);
  }

  /** The parts of an upload in the order of their numbers, behind `after`. */
  parts(uploadId: string, after = 0): AsyncIterable<UploadedPart> {
    return this.#parts.values({ gt: partName(uploadId, after), lt: partName(uploadId, Infinity) });
  }

  /** A bucket's uploads in the order of their keys, those of a key by age, from a key on. */
  list(bucket: string, fromKey: string): AsyncIterable<MultipartUpload> {
    return this.#uploads.values({ gte: `${bucket}/${fromKey}`, lt: `${bucket}0` });
  }

  async readPart({ file }: UploadedPart): Promise<FileHandle> {
    return this.#options.files.read(file);
  }

  /** Throws NoSuchUpload. */
  async abort(address: UploadAddress): Promise<void> {
    await this.finish(address, async (_upload, _parts, removal) => this.#options.db.batch(removal));
  }

  /**
   * Ends an upload: `task` commits `removal`, which takes the upload and its parts out of the database;
   * where it throws, the upload goes on. Throws NoSuchUpload.
   */
  async finish<T>(
    address: UploadAddress,
    task: (upload: MultipartUpload, parts: UploadedPart[], removal: BatchOperation[]) => Promise<T>,
  ): Promise<T> {
    const { files } = this.#options;
    const { done, parts } = await this.#lock.run(address.uploadId, async () => {
      const upload = await this.get(address);
      const all: UploadedPart[] = [];
      for await (const part of this.parts(address.uploadId)) all.push(part);
      return { done: await task(upload, all, this.#removal(upload, all)), parts: all };
    });
    for (const { file } of parts) await files.remove(file).catch(() => undefined);
    return done;
  }

  #removal(upload: MultipartUpload, parts: UploadedPart[]): BatchOperation[] {
    const ofParts = parts.flatMap(({ partNumber, file }): BatchOperation[] => [
      { type: 'del', sublevel: this.#parts, key: partName(upload.uploadId, partNumber) },
      { type: 'del', sublevel: this.#bodies, key: file },
    ]);
    return [{ type: 'del', sublevel: this.#uploads, key: uploadName(upload) }, ...ofParts];
  }
}

function uploadName({ bucket, key, uploadId }: UploadAddress): string {
  return `${bucket}/${key}\0${uploadId}`;
}

/** Ordered by number, of which there are 10,000 at most. */
function partName(uploadId: string, partNumber: number): string {
  return `${uploadId}/${partNumber === Infinity ? '~' : String(partNumber).padStart(5, '0')}`;
}
