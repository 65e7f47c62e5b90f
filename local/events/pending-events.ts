import { randomUUID } from 'node:crypto';
import type { Database } from '../database.ts';
import type { BatchOperation, ObjectChange } from '../s3/object-change.ts';
import type { FailedEvent } from './failed-event.ts';

/** A change that a function has yet to be told. */
export interface PendingEvent {
  change: ObjectChange;
  /** Names the event in the function's logs; the same over its retries. */
  requestId: string;
  /** How often it failed. */
  attempts: number;
}

export interface PendingEntry {
  key: string;
  event: PendingEvent;
}

/**
 * The pending events on disk, in the order of when they are due: the key begins with that time, so what waits for a
 * retry lies behind what can go now, and reading on from the last key finds what is new.
 */
export class PendingEvents {
  readonly #db: Database;
  readonly #pending;
  readonly #failed;
  /** Milliseconds at which this clock stands when the process's own is at 0. */
  readonly #epochMs: number;
  #count = 0;

  private constructor(db: Database, startMs: number) {
    this.#db = db;
    this.#epochMs = startMs - performance.now();
    this.#pending = db.sublevel<string, PendingEvent>('pending', { valueEncoding: 'json' });
    this.#failed = db.sublevel<string, FailedEvent>('failed', { valueEncoding: 'json' });
  }

  static async open(db: Database): Promise<PendingEvents> {
    const [last] = await db.sublevel('pending').keys({ reverse: true, limit: 1 }).all();
    // What an earlier run left is due at once, whatever it was waiting for, and what is new comes behind it.
    return new PendingEvents(db, Math.max(Date.now(), last === undefined ? 0 : timeOf(last)));
  }

  /** What makes `change` pending when it is committed, and the key that it will have. */
  add(change: ObjectChange): { key: string; operation: BatchOperation } {
    const key = this.#keyAt(0);
    const value: PendingEvent = { change, requestId: randomUUID(), attempts: 0 };
    return { key, operation: { type: 'put', sublevel: this.#pending, key, value } };
  }

  async get(key: string): Promise<PendingEntry | undefined> {
    const event = await this.#pending.get(key);
    return event && { key, event };
  }

  /** The next entries behind the key `after` that are due, and how long until the first that is not. */
  async due(after: string, limit: number): Promise<{ entries: PendingEntry[]; nextInMs?: number }> {
    const found = await this.#pending.iterator({ gt: after, limit }).all();
    const now = this.#now();
    const notDue = found.findIndex(([key]) => timeOf(key) > now);
    const due = notDue < 0 ? found : found.slice(0, notDue);
    const entries = due.map(([key, event]) => ({ key, event }));
    const first = found[notDue];
    return first === undefined ? { entries } : { entries, nextInMs: timeOf(first[0]) - now };
  }

  async remove(key: string): Promise<void> {
    await this.#pending.del(key);
  }

  /** Puts a failed event behind what is due before it. */
  async postpone({ key, event }: PendingEntry, waitMs: number): Promise<void> {
    const later = this.#keyAt(waitMs);
    const value = { ...event, attempts: event.attempts + 1 };
    await this.#pending.batch([
      { type: 'del', key },
      { type: 'put', key: later, value },
    ]);
  }

  async giveUp(key: string, failed: FailedEvent): Promise<void> {
    await this.#db.batch([
      { type: 'del', sublevel: this.#pending, key },
      { type: 'put', sublevel: this.#failed, key, value: failed },
    ]);
  }

  async failed(limit: number): Promise<FailedEvent[]> {
    return this.#failed.values({ limit }).all();
  }

  #keyAt(waitMs: number): string {
    return `${String(this.#now() + waitMs).padStart(15, '0')}-${String(this.#count++).padStart(12, '0')}`;
  }

  /** Keys only ever grow: this clock is not set back when the computer's is. */
  #now(): number {
    return Math.ceil(this.#epochMs + performance.now());
  }
}

function timeOf(key: string): number {
  return Number(key.slice(0, 15));
}
