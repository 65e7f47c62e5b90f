import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { openStoreForTests, type StoreForTests } from './s3-for-tests.ts';
import type { WriteCondition } from './write-condition.ts';

const ORIGIN = { requestId: 'REQUEST', hostId: 'host', sourceIp: '127.0.0.1' };
const NOON = Date.parse('2026-11-22T12:00:00.789Z');

let room: StoreForTests;
let clock: number;

beforeEach(async () => {
  clock = NOON;
  room = await openStoreForTests(() => clock);
});

afterEach(() => room.stop());

const at = (key: string): { bucket: string; key: string } => ({ bucket: 'images', key });

async function put(key: string, text: string, condition: WriteCondition = {}): Promise<StoredObject> {
  const body = await room.store.createBody();
  await body.write(Buffer.from(text));
  const created = { body, size: text.length, eTag: `etag of ${text}`, headers: {}, ...condition };
  try {
    return await room.store.put(at(key), created, ORIGIN);
  } catch (error) {
    await body.discard();
    throw error;
  }
}

async function read(key: string, store: ObjectStore = room.store): Promise<string | undefined> {
  const opened = await store.open(at(key));
  if (opened === undefined) return undefined;
  try {
    return await opened.body.readFile('utf8');
  } finally {
    await opened.body.close();
  }
}

async function pending(): Promise<unknown[]> {
  return room.db.sublevel<string, unknown>('pending', { valueEncoding: 'json' }).values().all();
}

describe('a put', () => {
  test('makes the object, in whole seconds, and its event', async () => {
    const object = await put('uploads/ñ', 'abc');
    expect(await read('uploads/ñ')).toBe('abc');
    expect(object).toMatchObject({ size: 3, eTag: 'etag of abc', lastModified: '2026-11-22T12:00:00.000Z' });
    expect(room.changes).toEqual([
      {
        eventName: 'ObjectCreated:Put',
        eventTime: '2026-11-22T12:00:00.789Z',
        bucket: 'images',
        key: 'uploads/ñ',
        size: 3,
        eTag: 'etag of abc',
        sequencer: object.sequencer,
        ...ORIGIN,
      },
    ]);
  });

  test('replaces the object and leaves one body', async () => {
    await put('x', 'old');
    await put('x', 'new');
    expect(await read('x')).toBe('new');
    expect(await room.bodies()).toHaveLength(1);
  });

  test('leaves the object as it was when the database takes nothing', async () => {
    await put('x', 'old');
    const { batch } = room.db;
    room.db.batch = (() => Promise.reject(new Error('disk full'))) as unknown as typeof batch;
    await expect(put('x', 'new')).rejects.toThrow('disk full');
    room.db.batch = batch;
    expect(await read('x')).toBe('old');
    expect(await room.bodies()).toHaveLength(1);
    expect(room.changes).toHaveLength(1);
  });

  test('of which several race ends with the one whose event is last', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => put('x', `text ${index}`)));
    const ordered = [...room.changes].sort((a, b) => (pad(a.sequencer) < pad(b.sequencer) ? -1 : 1));
    expect(ordered).toEqual(room.changes);
    expect(`etag of ${(await read('x')) ?? ''}`).toBe(room.changes.at(-1)?.eTag);
    expect(await room.bodies()).toHaveLength(1);
  });
});

describe('a conditional put', () => {
  test('where nothing may be is won by one of many', async () => {
    const tries = Array.from({ length: 20 }, (_, index) => put('x', `text ${index}`, { ifAbsent: true }));
    const outcomes = await Promise.allSettled(tries);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(19);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    expect(await room.bodies()).toHaveLength(1);
    expect(room.changes).toHaveLength(1);
  });

  test('on an ETag replaces only that object', async () => {
    await put('x', 'one');
    await expect(put('x', 'two', { ifMatch: 'etag of zero' })).rejects.toMatchObject({
      code: 'PreconditionFailed',
    });
    await put('x', 'two', { ifMatch: 'etag of one' });
    await put('x', 'three', { ifMatch: '*' });
    expect(await read('x')).toBe('three');
    await expect(put('y', 'y', { ifMatch: '*' })).rejects.toMatchObject({ code: 'NoSuchKey' });
  });

  test('can be made again after a removal', async () => {
    await put('x', 'one', { ifAbsent: true });
    await room.store.remove(at('x'), ORIGIN);
    await put('x', 'two', { ifAbsent: true });
    expect(await read('x')).toBe('two');
  });
});

describe('a removal', () => {
  test('takes object and body away and tells of it without size and ETag', async () => {
    await put('x', 'abc');
    await room.store.remove(at('x'), ORIGIN);
    expect(await room.store.get(at('x'))).toBeUndefined();
    expect(await room.bodies()).toEqual([]);
    expect(room.changes[1]).toMatchObject({ eventName: 'ObjectRemoved:Delete', key: 'x' });
    expect(room.changes[1]).not.toHaveProperty('size');
    expect(room.changes[1]).not.toHaveProperty('eTag');
  });

  test('of a key that never was makes an event too', async () => {
    await room.store.remove(at('never'), ORIGIN);
    expect(room.changes.map((change) => change.key)).toEqual(['never']);
  });
});

describe('a reader', () => {
  test('keeps the object it opened while others replace it', async () => {
    await put('x', 'old');
    const opened = await room.store.open(at('x'));
    await put('x', 'new');
    expect(await opened?.body.readFile('utf8')).toBe('old');
    await opened?.body.close();
  });

  test('always finds a whole object while it is replaced over and over', async () => {
    await put('x', 'text 0');
    const writing = (async () => {
      for (let index = 1; index <= 100; index += 1) await put('x', `text ${index}`);
      return 'done';
    })();
    const seen = new Set<string | undefined>();
    while ((await Promise.race([writing, read('x').then((text) => seen.add(text))])) !== 'done');
    expect(seen.size).toBeGreaterThan(1);
    for (const text of seen) expect(text).toMatch(/^text \d+$/);
  });

  test('is told of a body that is lost', async () => {
    const { file } = await put('x', 'abc');
    await unlink(join(room.folder, 'objects', file));
    await expect(read('x')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a restart', () => {
  test('keeps objects and their events, and sequencers grow although the clock was set back', async () => {
    await put('x', 'abc');
    clock = NOON - 86_400_000;
    await room.reopen();
    expect(await read('x')).toBe('abc');
    expect(await pending()).toHaveLength(1);
    await put('x', 'def');
    const [before, after] = room.changes.map((change) => pad(change.sequencer));
    expect((after ?? '') > (before ?? '')).toBe(true);
  });

  test('clears half an upload and bodies without an object', async () => {
    await put('x', 'abc');
    const [folder, name] = ['ab', `ab${'0'.repeat(62)}-earlierrun1`];
    await mkdir(join(room.folder, 'objects', folder), { recursive: true });
    await writeFile(join(room.folder, 'objects', folder, name), 'orphan');
    await writeFile(join(room.folder, 'objects', 'tmp', 'half'), 'half');
    await room.reopen();
    await eventually(async () => (await room.bodies()).length === 1);
    expect(await read('x')).toBe('abc');
  });

  test('clears beside new uploads without touching them', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => put(`old ${index}`, 'old')));
    await room.reopen();
    await Promise.all(Array.from({ length: 30 }, (_, index) => put(`new ${index}`, 'new')));
    await room.reopen();
    await room.store.close();
    const texts = await Promise.all(Array.from({ length: 30 }, (_, index) => read(`new ${index}`)));
    expect(new Set(texts)).toEqual(new Set(['new']));
    expect(await room.bodies()).toHaveLength(60);
  });
});

test('objects are browsed in the order of their keys as UTF-8', async () => {
  const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).filter(isUnicode);
  const odd = fc.constantFrom('a//b', '%2F', '🦊', '\uffee', '~', '.hidden', 'ñ', 'a', 'a/', '\0', '!');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.oneof(key, odd), { maxLength: 12 }), async (keys) => {
      await Promise.all(keys.map((name) => put(name, '')));
      const browser = room.store.browse('images', '');
      const found: string[] = [];
      for (let object = await browser.next(); object; object = await browser.next()) found.push(object.key);
      await browser.close();
      expect(found).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      await Promise.all(keys.map((name) => room.store.remove(at(name), ORIGIN)));
    }),
    { numRuns: 25 },
  );
});

/** Keys are UTF-8, which half a surrogate pair has no form in. */
function isUnicode(text: string): boolean {
  return Buffer.from(text, 'utf8').toString('utf8') === text;
}

function pad(sequencer: string): string {
  return sequencer.padEnd(40, '0');
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
