import type { IncomingMessage, ServerResponse } from 'node:http';

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
