import type { IncomingMessage, ServerResponse } from 'node:http';

/** How much of a refused body is still taken, so that the client reads the answer before the connection ends. */
const MAX_DRAIN_BYTES = 64 * 1024 * 1024;
const MAX_DRAIN_MS = 10_000;

/** Reads a body of up to `maxBytes`; undefined where it is larger, and then the rest is left unread. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  // The client holds its body back until it is told; one that is too large it never has to send.
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (then: () => void): void => {
      request.removeAllListeners('data');
      then();
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end(() => resolve(undefined));
      else chunks.push(chunk);
    });
    request.on('end', () => end(() => resolve(Buffer.concat(chunks))));
    request.on('error', (error) => end(() => reject(error)));
  });
}

/** Throws away what is left of a body, up to a bound: a connection that is closed on a sending client is reset. */
export function drain(request: IncomingMessage): void {
  if (request.complete) return;
  let bytes = 0;
  const cut = (): void => void request.socket.destroy();
  const timer = setTimeout(cut, MAX_DRAIN_MS);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DRAIN_BYTES) cut();
  });
  request.on('close', () => clearTimeout(timer));
  request.resume();
}
