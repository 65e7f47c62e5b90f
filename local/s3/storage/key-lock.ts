/** Runs the tasks of one name one after another, in the order they came; other names run beside them. */
export class KeyLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Answers what `task` answers; a task that failed does not stop the next. */
  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name);
    const mine = before === undefined ? task() : before.then(task, task);
    this.#tails.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(name) === mine) this.#tails.delete(name);
    }
  }

  /** How many names are in use: 0 when nothing runs. */
  get size(): number {
    return this.#tails.size;
  }
}
