import type { IncomingMessage } from 'node:http';

export interface Patience {
  maxBytes: number;
  maxMs: number;
}

/**
 * Reads on, and throws away, what the sender of a refused body is still sending: closing at once would reset the
 * connection, and the answer might be lost with it. Ends with the body or the connection; answers false where
 * patience ended first.
 */
export async function discardBody(message: IncomingMessage, { maxBytes, maxMs }: Patience): Promise<boolean> {
  if (message.complete || message.destroyed) return true;
  return new Promise((resolve) => {
    const end = (isDone: boolean): void => {
      clearTimeout(timer);
      resolve(isDone);
    };
    const timer = setTimeout(() => end(false), maxMs).unref();
    for (const event of ['end', 'close', 'error']) message.once(event, () => end(true));
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end(false);
    });
    message.resume();
  });
}
