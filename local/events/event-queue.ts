import { type FunctionError, type InvocationResult, RuntimeClosed } from '../functions/invocation.ts';
import type { ObjectChange, Outbox } from '../s3/object-change.ts';
import { failedEventOf } from './failed-event.ts';
import { type NotificationSettings, isWanted, notificationOf } from './object-notification.ts';
import type { PendingEntry, PendingEvents } from './pending-events.ts';

const PAGE = 100;

export interface EventQueueOptions {
  events: PendingEvents;
  notification: NotificationSettings;
  functionArn: string;
  /** May throw RuntimeClosed: the event then stays as it is. */
  invoke(payload: unknown, requestId: string): Promise<InvocationResult>;
  /** How many invocations run at once. */
  concurrency: number;
  /** How long to wait before each retry; its length is the number of retries. AWS waits one and two minutes. */
  retryAfterMs: number[];
  onDelivery?: (delivery: Delivery) => void;
  /** The database failed; the event will come again at the next start. */
  onError?: (error: unknown) => void;
}

/** How one attempt to deliver a change ended. */
export interface Delivery {
  change: ObjectChange;
  result: InvocationResult;
  /** After a failure: when the next attempt comes, or null where there is none any more. */
  retryInMs?: number | null;
}

/**
 * S3's notifications and Lambda's queue of asynchronous invocations: tells the function of each change at least
 * once, in any order, and again after a failure; then keeps it among the failed.
 */
export class EventQueue implements Outbox {
  readonly #options: EventQueueOptions;
  readonly #announced = new WeakMap<ObjectChange, string>();
  /** All up to this key were read; what is committed below it later is in `#late`. */
  #cursor = '';
  #page: PendingEntry[] = [];
  #late: string[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #pumping: Promise<void> | undefined;
  #isStale = false;
  #isStarted = false;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  entries(change: ObjectChange): ReturnType<Outbox['entries']> {
    if (!isWanted(this.#options.notification, change)) return [];
    const { key, operation } = this.#options.events.add(change);
    this.#announced.set(change, key);
    return [operation];
  }

  committed(change: ObjectChange): void {
    const key = this.#announced.get(change);
    if (key === undefined) return;
    const isTaken = this.#running.has(key) || this.#page.some((entry) => entry.key === key);
    if (key <= this.#cursor && !isTaken) this.#late.push(key);
    this.#wake();
  }

  /** Begins to deliver: what is pending from an earlier run, and what comes. */
  start(): void {
    this.#isStarted = true;
    this.#wake();
  }

  /** Begins no more deliveries; those that run go on until {@link idle}. */
  stop(): void {
    this.#isStarted = false;
    clearTimeout(this.#timer);
  }

  /** Resolves when no delivery runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0 || this.#pumping)
      await Promise.all([this.#pumping, ...this.#running.values()]);
  }

  #wake(): void {
    this.#isStale = true;
    if (!this.#isStarted) return;
    this.#pumping ??= this.#pump()
      .catch((error: unknown) => this.#options.onError?.(error))
      .finally(() => {
        this.#pumping = undefined;
        if (this.#isStale) this.#wake(); // told between the last look and here
      });
  }

  async #pump(): Promise<void> {
    // What changes while this reads makes it stale: one more round.
    while (this.#isStale && this.#isStarted) {
      this.#isStale = false;
      await this.#fill();
    }
  }

  async #fill(): Promise<void> {
    while (this.#running.size < this.#options.concurrency) {
      const entry = await this.#next();
      if (entry === undefined || !this.#isStarted) return;
      const delivery = this.#deliver(entry)
        .catch((error: unknown) => this.#options.onError?.(error))
        .finally(() => {
          this.#running.delete(entry.key);
          this.#wake();
        });
      this.#running.set(entry.key, delivery);
    }
  }

  async #next(): Promise<PendingEntry | undefined> {
    for (let key = this.#late.shift(); key !== undefined; key = this.#late.shift()) {
      const entry = await this.#options.events.get(key);
      if (entry !== undefined) return entry;
    }
    if (this.#page.length === 0) await this.#readPage();
    return this.#page.shift();
  }

  async #readPage(): Promise<void> {
    const { entries, nextInMs } = await this.#options.events.due(this.#cursor, PAGE);
    this.#page = entries;
    this.#cursor = entries.at(-1)?.key ?? this.#cursor;
    clearTimeout(this.#timer);
    if (nextInMs !== undefined && this.#isStarted) this.#timer = setTimeout(() => this.#wake(), nextInMs);
  }

  async #deliver(entry: PendingEntry): Promise<void> {
    const { change, requestId } = entry.event;
    const payload = notificationOf(this.#options.notification, change);
    const result = await this.#options.invoke(payload, requestId).catch(ignoreClosed);
    if (result === undefined) return;
    if (result.ok) {
      await this.#options.events.remove(entry.key);
      this.#options.onDelivery?.({ change, result });
    } else {
      const retryInMs = await this.#failed(entry, payload, result.error);
      this.#options.onDelivery?.({ change, result, retryInMs });
    }
  }

  async #failed(entry: PendingEntry, payload: unknown, error: FunctionError): Promise<number | null> {
    const { attempts, requestId } = entry.event;
    const waitMs = this.#options.retryAfterMs[attempts];
    if (waitMs !== undefined) {
      await this.#options.events.postpone(entry, waitMs);
      return waitMs;
    }
    const { functionArn } = this.#options;
    const failure = { time: new Date(), requestId, functionArn, attempts: attempts + 1, payload, error };
    await this.#options.events.giveUp(entry.key, failedEventOf(failure));
    return null;
  }
}

function ignoreClosed(error: unknown): undefined {
  if (!(error instanceof RuntimeClosed)) throw error;
  // The stack ends: the event stays pending, and the attempt does not count.
}
