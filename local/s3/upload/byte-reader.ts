import { S3Error } from '../errors.ts';

const CR = 0x0d;
const LF = 0x0a;

/** Takes a stream of buffers apart by lines and by counts, holding no more than one buffer and one line. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** A line without its CRLF, of `limit` bytes at most. Throws IncompleteBody. */
  async line(limit: number): Promise<string> {
    let line = Buffer.alloc(0);
    while (line.at(-1) !== LF || line.at(-2) !== CR) {
      if (!(await this.#fill())) throw new S3Error('IncompleteBody');
      const lineFeed = this.#buffer.indexOf(LF);
      const piece = await this.some(lineFeed === -1 ? this.#buffer.length : lineFeed + 1);
      line = Buffer.concat([line, piece]);
      if (line.length > limit) throw new S3Error('IncompleteBody');
    }
    return line.toString('latin1', 0, line.length - 2);
  }

  /** Between 1 and `most` bytes, a view of what arrived. Throws IncompleteBody at the end. */
  async some(most: number): Promise<Buffer> {
    if (!(await this.#fill())) throw new S3Error('IncompleteBody');
    const taken = this.#buffer.subarray(0, most);
    this.#buffer = this.#buffer.subarray(taken.length);
    return taken;
  }

  /** Reads the CRLF that must stand here. */
  async lineEnd(): Promise<void> {
    if ((await this.#byte()) !== CR || (await this.#byte()) !== LF) throw new S3Error('IncompleteBody');
  }

  /** Reads to the end, where only line ends may be left: some clients send one more than they need. */
  async end(): Promise<void> {
    while (await this.#fill()) {
      if (this.#buffer.some((byte) => byte !== CR && byte !== LF)) throw new S3Error('IncompleteBody');
      this.#buffer = this.#buffer.subarray(this.#buffer.length);
    }
  }

  async #byte(): Promise<number> {
    const [byte] = await this.some(1);
    if (byte === undefined) throw new S3Error('IncompleteBody');
    return byte;
  }

  async #fill(): Promise<boolean> {
    while (this.#buffer.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return false;
      this.#buffer = next.value;
    }
    return true;
  }
}
