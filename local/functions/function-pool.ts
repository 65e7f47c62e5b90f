import { Environment, type Outcome } from './environment.ts';
import type { FunctionSettings } from './function-settings.ts';
import { RuntimeClosed } from './invocation.ts';

interface Waiting {
  resolve(environment: Environment): void;
  reject(error: Error): void;
}

/** The execution environments of one function: started when needed, used again, replaced when they end. */
export class FunctionPool {
  readonly #settings: FunctionSettings;
  readonly #source: string;
  readonly #writeLog: (text: string) => void;
  readonly #all = new Set<Environment>();
  readonly #idle: Environment[] = [];
  readonly #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(settings: FunctionSettings, source: string, writeLog: (text: string) => void) {
    this.#settings = settings;
    this.#source = source;
    this.#writeLog = writeLog;
  }

  /** Throws {@link RuntimeClosed} where the pool closes before there is an answer. */
  async invoke(requestId: string, event: string): Promise<Outcome> {
    const environment = await this.#acquire();
    try {
      return await environment.invoke(requestId, event);
    } finally {
      this.#release(environment);
    }
  }

  /** Loads the function ahead of its first invocation. */
  warm(): void {
    if (this.#all.size === 0 && !this.#isClosed) this.#idle.push(this.#start());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0))
      waiting.reject(new RuntimeClosed('The runtime was closed'));
    await Promise.all([...this.#all].map((environment) => environment.close()));
  }

  async #acquire(): Promise<Environment> {
    if (this.#isClosed) throw new RuntimeClosed('The runtime is closed');
    // The last one used first, as Lambda does: the others stay idle.
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.size < this.#settings.environments) return this.#start();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #release(environment: Environment): void {
    if (this.#isClosed || environment.hasEnded) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(environment);
    else next.resolve(environment);
  }

  #start(): Environment {
    const environment = new Environment(this.#settings, this.#source, this.#writeLog);
    this.#all.add(environment);
    environment.onEnd = () => this.#replace(environment);
    return environment;
  }

  #replace(ended: Environment): void {
    this.#all.delete(ended);
    const at = this.#idle.indexOf(ended);
    if (at >= 0) this.#idle.splice(at, 1);
    const next = this.#isClosed ? undefined : this.#waiting.shift();
    next?.resolve(this.#start());
  }
}
