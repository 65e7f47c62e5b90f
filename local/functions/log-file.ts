import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A function's log: grows to `maxBytes`, then becomes `{path}.1` in place of the one before. */
export class LogFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #file: number | undefined;
  #bytes = 0;

  constructor(path: string, maxBytes = 5_000_000) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  write(text: string): void {
    // A full disk must not fail the function that logs, on AWS neither.
    try {
      this.#file ??= this.#open();
      this.#bytes += writeSync(this.#file, text);
      if (this.#bytes > this.#maxBytes) this.#rotate();
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    const file = openSync(this.#path, 'a');
    this.#bytes = fstatSync(file).size;
    return file;
  }

  #rotate(): void {
    this.close(); // Windows renames no open file
    renameSync(this.#path, `${this.#path}.1`);
  }
}
