import { ImageExists } from '../core/errors.ts';
import type { ImageObjects, ImageRecords, Next, ObjectRange, Stored } from '../core/ports.ts';

/** The ports on plain maps, for tests of the core: they answer as DynamoDB and S3 do. */
export interface InMemoryRecords extends ImageRecords {
  items: Map<string, Stored>;
}

export function inMemoryRecords(): InMemoryRecords {
  const items = new Map<string, Stored>();
  let writes = 0;

  function write(id: string, next: Next, isAllowed: (stored: Stored | undefined) => boolean): boolean {
    const stored = items.get(id);
    if (!isAllowed(stored)) return false;
    const created_at = stored?.record?.created_at ?? next.record?.created_at ?? '';
    const record = next.record && { ...next.record, created_at };
    items.set(id, { ...next, record, id, version: `v${++writes}` });
    return true;
  }

  return {
    items,
    get: async (id) => items.get(id) ?? null,
    writeIfNewer: async (id, next) =>
      write(id, next, (stored) => !stored || (stored.order < next.order && !isPruned(stored, next)))
        ? 'written'
        : 'superseded',
    writeIfUnchanged: async (id, seen, next) =>
      write(id, next, (stored) => (stored?.version ?? null) === seen) ? 'written' : 'changed',
    list: async ({ prefix, after, limit }) => {
      const all = [...items.values()]
        .filter(({ id, record }) => record && id.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
      const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const page = all.slice(start, start + limit);
      // As DynamoDB does it: a page that ends exactly at the end doesn't know that it does.
      return { items: page, end: page.length < limit };
    },
  };
}

function isPruned(stored: Stored, { upload }: Next): boolean {
  return stored.pruned === true && upload !== undefined && stored.upload === upload;
}

export interface InMemoryObjects extends ImageObjects {
  objects: Map<
    string,
    { bytes: Uint8Array; contentType: string; etag: string; lastModified: Date; upload: string }
  >;
  /** Each range that was read: `key start-end`. */
  reads: string[];
}

export function inMemoryObjects(): InMemoryObjects {
  const objects: InMemoryObjects['objects'] = new Map();
  const reads: string[] = [];
  let puts = 0;
  return {
    objects,
    reads,
    async readRange(key, start, length, sameEtag): Promise<ObjectRange | 'changed' | null> {
      reads.push(`${key} ${start}-${start + length - 1}`);
      const object = objects.get(key);
      if (!object) return null;
      if (sameEtag !== undefined && object.etag !== sameEtag) return 'changed';
      const { bytes, ...stat } = object;
      return { ...stat, size: bytes.length, bytes: bytes.subarray(start, start + length) };
    },
    async put(key, bytes, { contentType, ifAbsent, upload }) {
      if (ifAbsent && objects.has(key)) throw new ImageExists();
      const etag = `etag-${++puts}`;
      const lastModified = new Date('2026-11-22T10:00:00Z');
      objects.set(key, { bytes, contentType, etag, lastModified, upload });
      return { etag, lastModified };
    },
    presignUpload: async (key, { contentType, size, ifAbsent }) => ({
      url: `https://bucket.example/${key}`,
      headers: {
        'content-type': contentType,
        'content-length': String(size),
        ...(ifAbsent && { 'if-none-match': '*' }),
      },
    }),
    url: (key) => `https://bucket.example/${key}`,
    nameProblem: (key) => (Buffer.byteLength(key) > 1024 ? 'its key is too long' : undefined),
  };
}
