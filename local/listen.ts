import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StackError, failureCode, messageOf } from './stack-error.ts';

/** The loopback address: nothing here is for other machines. */
export const HOST = '127.0.0.1';

/** Listens on the loopback address only, on a free port where `port` is 0. Throws {@link StackError}. */
export async function listen(server: Server, name: string, port: number): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, HOST, resolve);
    });
  } catch (error) {
    if (failureCode(error) === 'EADDRINUSE') throw portInUse(name, port);
    throw new StackError(`${name} can't listen on port ${port}: ${messageOf(error)}.`, { cause: error });
  }
  const { port: bound } = server.address() as AddressInfo; // a TCP server that listens has one
  return `http://${HOST}:${bound}`;
}

export function portInUse(name: string, port: number): StackError {
  return new StackError(
    `Port ${port}, which ${name} needs, is in use: stop what uses it, or choose others with --port, which stands for that one and the next two.`,
  );
}

/** Takes no more connections; resolves when the last one is done. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await closed;
}
