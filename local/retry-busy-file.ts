import { setTimeout as wait } from 'node:timers/promises';
import { failureCode } from './stack-error.ts';

/** What Windows answers while a virus scanner, an indexer or a backup has the file open. */
const BUSY = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** Together about two seconds, which outlasts a scan of a fresh file. */
const WAITS_MS = [5, 10, 20, 40, 80, 160, 320, 640, 800];

/**
 * Does a rename or an unlink again while the file is held by somebody else.
 * Any other failure, and the last of these, is thrown as it came.
 */
export async function retryBusyFile<T>(
  operation: () => Promise<T>,
  pause: (ms: number) => Promise<unknown> = wait,
): Promise<T> {
  for (const waitMs of WAITS_MS) {
    try {
      return await operation();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    await pause(waitMs);
  }
  return await operation();
}

function isBusy(error: unknown): boolean {
  return BUSY.has(failureCode(error) ?? '');
}
