/** The stack can't start or go on; the message is one sentence for the person who started it, with what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** The system's code of a failure (`ENOENT`, `EADDRINUSE`, `LEVEL_LOCKED`), looked for along its causes. */
export function failureCode(error: unknown): string | undefined {
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    // LevelDB wraps the code that tells anything in one that does not.
    if ('code' in at && typeof at.code === 'string' && at.code !== 'LEVEL_DATABASE_NOT_OPEN') return at.code;
    at = 'cause' in at ? at.cause : undefined;
  }
  return undefined;
}

export function messageOf(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return String(hasMessage ? error.message : error);
}
