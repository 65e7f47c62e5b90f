import type { FileHandle } from 'node:fs/promises';
import type { Database } from '../database.ts';
import { failureCode } from '../stack-error.ts';
import { BodyFiles, type IncomingBody } from './storage/body-files.ts';
import { KeyLock } from './storage/key-lock.ts';
import type { BatchOperation, ObjectChange, Outbox } from './object-change.ts';
import type { RequestOrigin } from './request.ts';
import { openSequencer, type Sequencer } from './storage/sequencer.ts';
import { MultipartUploads } from './multipart/multipart-uploads.ts';
import { checkWriteCondition, type WriteCondition } from './write-condition.ts';

export interface StoredObject {
  key: string;
  size: number;
  /** Without quotes. */
  eTag: string;
  /** ISO 8601, whole seconds, as HTTP dates have them. */
  lastModified: string;
  sequencer: string;
  /** Lower-case names: content-type, cache-control, …, x-amz-meta-*, checksums. One character a byte. */
  headers: Record<string, string>;
  /** The body's name under the store's folder. */
  file: string;
}

export interface ObjectAddress {
  bucket: string;
  key: string;
}

export interface NewObject extends WriteCondition {
  body: IncomingBody;
  size: number;
  eTag: string;
  headers: Record<string, string>;
  /** `ObjectCreated:Put` where it isn't said. */
  eventName?: ObjectChange['eventName'];
  /** What the database is to change in the same moment. */
  also?: BatchOperation[];
}

/** An object together with its open body, which stays readable when the object is replaced. */
export interface OpenedObject {
  object: StoredObject;
  body: FileHandle;
}

interface ObjectStoreOptions {
  /** Shared with the event queue. */
  db: Database;
  /** Where bodies lie. */
  folder: string;
  outbox: Outbox;
  now?: () => number;
}

/** Opens the store; bodies that a crash left behind are cleared beside it, not before it. */
export async function openObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const marks = options.db.sublevel<string, number>('object-marks', { valueEncoding: 'json' });
  const now = options.now ?? Date.now;
  const sequencer = await openSequencer({ marks, now });
  return new ObjectStore({ ...options, now, sequencer, files: await BodyFiles.open(options.folder) });
}

type Parts = Required<ObjectStoreOptions> & { sequencer: Sequencer; files: BodyFiles };

/**
 * Objects by bucket and key: what is known of each in LevelDB, whose order of UTF-8 bytes is that of
 * S3's listings, and its body in a file. One batch of the database is the moment at which a write has
 * happened, for the object and for its event alike.
 */
export class ObjectStore {
  readonly uploads: MultipartUploads;
  readonly #parts: Parts;
  readonly #objects;
  /** Which bodies are in use, for the sweep. */
  readonly #bodies;
  readonly #lock = new KeyLock();
  readonly #closing = new AbortController();
  readonly #sweeping: Promise<void>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#objects = parts.db.sublevel<string, StoredObject>('objects', { valueEncoding: 'json' });
    this.#bodies = parts.db.sublevel('object-bodies', { valueEncoding: 'json' });
    this.uploads = new MultipartUploads(parts);
    this.#sweeping = parts.files
      .sweep(async (file) => (await this.#bodies.get(file)) !== undefined, this.#closing.signal)
      // Litter that can't be cleared now is found again at the next start.
      .catch(() => undefined);
  }

  async get(address: ObjectAddress): Promise<StoredObject | undefined> {
    return this.#objects.get(objectName(address));
  }

  /** The object and its body as one: a replacement between the two looks is looked up again. */
  async open(address: ObjectAddress): Promise<OpenedObject | undefined> {
    for (let missing = ''; ;) {
      const object = await this.get(address);
      if (object === undefined) return undefined;
      try {
        return { object, body: await this.#parts.files.read(object.file) };
      } catch (error) {
        if (failureCode(error) !== 'ENOENT' || object.file === missing) throw error;
        missing = object.file;
      }
    }
  }

  async createBody(): Promise<IncomingBody> {
    return this.#parts.files.create();
  }

  /** Throws PreconditionFailed or NoSuchKey when the condition does not hold at this moment. */
  async check(address: ObjectAddress, condition: WriteCondition): Promise<void> {
    if (condition.ifAbsent !== true && condition.ifMatch === undefined) return;
    checkWriteCondition(address.key, condition, await this.get(address));
  }

  /**
   * Makes a received body the object. The condition is checked again where no other write of the key
   * can come between, so of two that race under If-None-Match one is refused.
   */
  async put(address: ObjectAddress, created: NewObject, origin: RequestOrigin): Promise<StoredObject> {
    return this.#change(address, async (current, sequencer, time) => {
      checkWriteCondition(address.key, created, current);
      const file = await created.body.place(objectName(address));
      const { size, eTag, headers, eventName = 'ObjectCreated:Put', also = [] } = created;
      const lastModified = new Date(time - (time % 1000)).toISOString();
      const object: StoredObject = { key: address.key, size, eTag, lastModified, sequencer, headers, file };
      await this.#commit(
        [
          { type: 'put', sublevel: this.#objects, key: objectName(address), value: object },
          { type: 'put', sublevel: this.#bodies, key: file, value: objectName(address) },
          ...also,
        ],
        current,
        { ...change(address, origin, sequencer, time), eventName, size, eTag },
      );
      return object;
    });
  }

  /** Takes the object away. A key that never was makes an event too, as on S3. */
  async remove(address: ObjectAddress, origin: RequestOrigin): Promise<void> {
    await this.#change(address, (current, sequencer, time) =>
      this.#commit([{ type: 'del', sublevel: this.#objects, key: objectName(address) }], current, {
        ...change(address, origin, sequencer, time),
        eventName: 'ObjectRemoved:Delete',
      }),
    );
  }

  /** Starts a reading of a bucket's objects in the order of their keys; to be closed by who asked. */
  browse(bucket: string, prefix: string): ObjectBrowser {
    const first = objectName({ bucket, key: prefix });
    const iterator = this.#objects.iterator({ gte: first });
    return {
      next: async () => {
        const entry = await iterator.next();
        return entry?.[0].startsWith(first) === true ? entry[1] : undefined;
      },
      seek: (key) => {
        iterator.seek(objectName({ bucket, key }));
      },
      close: () => iterator.close(),
    };
  }

  /** Ends what runs beside the requests; the database stays open. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#sweeping;
  }

  /** The sequencer is taken inside the key's lock: its order is the order of the commits. */
  async #change<T>(
    address: ObjectAddress,
    task: (current: StoredObject | undefined, sequencer: string, time: number) => Promise<T>,
  ): Promise<T> {
    const { files, now, sequencer } = this.#parts;
    const { done, replaced } = await this.#lock.run(objectName(address), async () => {
      const current = await this.get(address);
      return { done: await task(current, await sequencer.next(), now()), replaced: current };
    });
    // The write has happened: an old body that can't be removed now is swept at the next start.
    if (replaced !== undefined) await files.remove(replaced.file).catch(() => undefined);
    return done;
  }

  async #commit(
    operations: BatchOperation[],
    replaced: StoredObject | undefined,
    made: ObjectChange,
  ): Promise<void> {
    const { db, outbox } = this.#parts;
    const batch = [...operations, ...outbox.entries(made)];
    if (replaced !== undefined) batch.push({ type: 'del', sublevel: this.#bodies, key: replaced.file });
    // Not synced: what the database and the files were given outlives the process, and a laptop that
    // loses power may lose its last second as any program's files do.
    await db.batch(batch);
    outbox.committed(made);
  }
}

/** Reads objects in key order, from one moment's view of the database. */
export interface ObjectBrowser {
  next(): Promise<StoredObject | undefined>;
  /** Goes on at the first key that is not before `key`, forwards or back. */
  seek(key: string): void;
  close(): Promise<void>;
}

/** Unambiguous, since a bucket's name has no slash; ordered by key within a bucket. */
function objectName({ bucket, key }: ObjectAddress): string {
  return `${bucket}/${key}`;
}

function change(
  { bucket, key }: ObjectAddress,
  { requestId, hostId, sourceIp }: RequestOrigin,
  sequencer: string,
  time: number,
): Omit<ObjectChange, 'eventName'> {
  return { eventTime: new Date(time).toISOString(), bucket, key, sequencer, requestId, hostId, sourceIp };
}
