import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, Server } from 'node:http';

/**
 * Tells, while a request to S3 is served, whether one of the functions sent it: the SDK names the runtime of Lambda
 * in its user agent.
 */
export function tellCallers(): { watch: (server: Server) => Server; now: () => boolean } {
  const callers = new AsyncLocalStorage<boolean>();
  const note = ({ headers }: IncomingMessage): void =>
    callers.enterWith(headers['user-agent']?.includes('exec-env/AWS_Lambda') ?? false);
  return {
    watch: (server) => server.prependListener('request', note).prependListener('checkContinue', note),
    now: () => callers.getStore() ?? false,
  };
}
