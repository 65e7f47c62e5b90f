import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ClassicLevel } from 'classic-level';
import type { Database } from '../database.ts';
import { type InvocationResult, RuntimeClosed } from '../functions/invocation.ts';
import type { ObjectChange } from '../s3/object-change.ts';
import { type Delivery, EventQueue, type EventQueueOptions } from './event-queue.ts';
import { PendingEvents } from './pending-events.ts';

const notification = {
  configurationId: 'c',
  region: 'us-east-1',
  prefix: 'uploads/',
  events: ['ObjectCreated:*'],
};

let folder: string;
let db: Database;
let queue: EventQueue | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cola '));
  db = new ClassicLevel(join(folder, 'db'), { valueEncoding: 'json' });
});

afterEach(async () => {
  queue?.stop();
  await queue?.idle();
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

type Invoke = (key: string, requestId: string) => Promise<boolean>;

async function open(invoke: Invoke, options: Partial<EventQueueOptions> = {}): Promise<EventQueue> {
  const events = await PendingEvents.open(db);
  queue = new EventQueue({
    events,
    notification,
    functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:s3_file_event',
    concurrency: 4,
    retryAfterMs: [10, 20],
    invoke: async (payload, requestId) => resultOf(requestId, await invoke(keyIn(payload), requestId)),
    ...options,
  });
  queue.start();
  return queue;
}

function resultOf(requestId: string, ok: boolean): InvocationResult {
  const common = { requestId, ms: 1, log: [] };
  return ok
    ? { ...common, ok, payload: null }
    : { ...common, ok, error: { errorType: 'Error', errorMessage: 'no' } };
}

function keyIn(payload: unknown): string {
  return (payload as { Records: [{ s3: { object: { key: string } } }] }).Records[0].s3.object.key;
}

function changeOf(key: string): ObjectChange {
  const rest = {
    bucket: 'b',
    size: 1,
    eTag: 'e',
    sequencer: '01',
    requestId: 'r',
    hostId: 'h',
    sourceIp: '127.0.0.1',
  };
  return { eventName: 'ObjectCreated:Put', eventTime: '2026-11-22T10:15:30.123Z', key, ...rest };
}

async function put(to: EventQueue, key: string): Promise<void> {
  const change = changeOf(key);
  await db.batch(to.entries(change));
  to.committed(change);
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (await isTrue()) return;
    await sleep(5);
  }
  throw new Error('It did not come to be');
}

async function countOf(sublevel: string): Promise<number> {
  return (await db.sublevel(sublevel).keys().all()).length;
}

describe('the event queue', () => {
  it('delivers each change once and forgets it', async () => {
    const seen: string[] = [];
    const to = await open(async (key) => seen.push(key) > 0);
    const keys = Array.from({ length: 500 }, (_, i) => `uploads/${i}`);
    await Promise.all(keys.map((key) => put(to, key)));
    await until(async () => (await countOf('pending')) === 0);
    expect(seen.sort()).toEqual(keys.sort());
  });

  it('keeps to its concurrency, and one that hangs holds up no other', async () => {
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const to = await open(async (key) => {
      most = Math.max(most, ++running);
      if (key === 'uploads/hangs') await new Promise((resolve) => setTimeout(resolve, 500));
      await sleep(1);
      running--;
      return seen.push(key) > 0;
    });
    await put(to, 'uploads/hangs');
    for (let i = 0; i < 50; i++) await put(to, `uploads/${i}`);
    await until(() => seen.length === 50);
    expect(seen).not.toContain('uploads/hangs');
    await until(() => seen.length === 51);
    expect(most).toBe(4);
  });

  it('leaves out what the notification does not want', async () => {
    const to = await open(async () => true);
    expect(to.entries(changeOf('thumbs/a'))).toEqual([]);
    to.committed(changeOf('thumbs/a'));
    expect(to.entries(changeOf('uploads/a'))).toHaveLength(1);
  });

  it('tries again twice under the same request id, and the third time counts', async () => {
    const ids: string[] = [];
    const deliveries: Delivery[] = [];
    const to = await open(async (_, id) => ids.push(id) === 3, {
      onDelivery: (delivery) => deliveries.push(delivery),
    });
    await put(to, 'uploads/a');
    await until(() => deliveries.length === 3);
    expect(new Set(ids).size).toBe(1);
    expect(deliveries.map(({ result, retryInMs }) => [result.ok, retryInMs])).toEqual([
      [false, 10],
      [false, 20],
      [true, undefined],
    ]);
    expect([await countOf('pending'), await countOf('failed')]).toEqual([0, 0]);
  });

  it("keeps what failed three times, as Lambda's failure destination gets it", async () => {
    const deliveries: Delivery[] = [];
    const to = await open(async () => false, { onDelivery: (delivery) => deliveries.push(delivery) });
    await put(to, 'uploads/a');
    await until(async () => (await countOf('failed')) === 1);
    await until(() => deliveries.length === 3);
    expect(deliveries.at(-1)?.retryInMs).toBeNull();
    expect(await countOf('pending')).toBe(0);
    expect(await (await PendingEvents.open(db)).failed(10)).toMatchObject([
      {
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:s3_file_event:$LATEST',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { Records: [{ s3: { object: { key: 'uploads/a' } } }] },
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'no' },
      },
    ]);
  });

  it('lets new changes pass those that wait for a retry', async () => {
    const seen: string[] = [];
    const to = await open(async (key) => seen.push(key) > 0 && key !== 'uploads/bad', {
      retryAfterMs: [60_000],
    });
    await put(to, 'uploads/bad');
    await until(() => seen.length === 1);
    for (let i = 0; i < 300; i++) await put(to, `uploads/${i}`);
    await until(() => seen.length === 301);
    expect(await countOf('pending')).toBe(1);
  });

  it('delivers at the next start what an earlier run left, retries at once and with their count', async () => {
    const first = await open(async (key) => key !== 'uploads/bad', { retryAfterMs: [60_000, 60_000] });
    await put(first, 'uploads/bad');
    await until(
      async () => (await (await PendingEvents.open(db)).due('', 9)).entries[0]?.event.attempts === 1,
    );
    first.stop();
    await put(first, 'uploads/late');
    await first.idle();
    const deliveries: Delivery[] = [];
    const options = {
      retryAfterMs: [60_000, 60_000],
      onDelivery: (delivery: Delivery) => deliveries.push(delivery),
    };
    await open(async (key) => key !== 'uploads/bad', options);
    await until(() => deliveries.length === 2);
    const byKey = new Map(deliveries.map((delivery) => [delivery.change.key, delivery]));
    expect(byKey.get('uploads/late')?.result.ok).toBe(true);
    expect(byKey.get('uploads/bad')?.retryInMs).toBe(60_000); // the second wait, not the first again
    expect(await countOf('pending')).toBe(1);
  });

  it('counts nothing against an event that the end of the stack cut', async () => {
    const cut: Invoke = () => Promise.reject(new RuntimeClosed('closed'));
    const first = await open(cut);
    await put(first, 'uploads/a');
    await until(async () => first.idle().then(() => true));
    first.stop();
    await first.idle();
    const { entries } = await (await PendingEvents.open(db)).due('', 9);
    expect(entries.map(({ event }) => event.attempts)).toEqual([0]);
  });

  it('finds what was committed out of turn', async () => {
    const seen: string[] = [];
    const to = await open(async (key) => seen.push(key) > 0);
    const early = changeOf('uploads/early');
    const operations = to.entries(early);
    await sleep(5);
    await put(to, 'uploads/later');
    await until(() => seen.length === 1);
    await db.batch(operations);
    to.committed(early);
    await until(() => seen.length === 2);
    expect(seen).toEqual(['uploads/later', 'uploads/early']);
  });

  it('delivers at once what a clock that was set back since says is due in an hour', async () => {
    const seen: string[] = [];
    const event = { change: changeOf('uploads/old'), requestId: 'r', attempts: 0 };
    const key = `${String(Date.now() + 3_600_000).padStart(15, '0')}-000000000000`;
    await db.sublevel<string, unknown>('pending', { valueEncoding: 'json' }).put(key, event);
    const to = await open(async (key) => seen.push(key) > 0);
    await put(to, 'uploads/new');
    await until(() => seen.length === 2);
    expect(seen).toEqual(['uploads/old', 'uploads/new']);
  });

  it('reports a failing database and lives on', async () => {
    const errors: unknown[] = [];
    const events = await PendingEvents.open(db);
    events.remove = () => Promise.reject(new Error('disk full'));
    const seen: string[] = [];
    const invoke: EventQueueOptions['invoke'] = async (payload, id) =>
      resultOf(id, seen.push(keyIn(payload)) > 0);
    const to = await open(async () => true, { events, invoke, onError: (error) => errors.push(error) });
    await put(to, 'uploads/a');
    await put(to, 'uploads/b');
    await until(() => errors.length === 2);
    expect(seen).toEqual(['uploads/a', 'uploads/b']);
  });
});
