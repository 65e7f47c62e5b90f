import { setTimeout as sleep } from 'node:timers/promises';

// An index may be behind its bucket: by milliseconds here, by seconds on a cloud that starts a function cold.
const DEADLINE_MS = 30_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/** Asks again until `probe` answers something, and answers that. Throws, saying `what` never came, at the deadline. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (let pause = FIRST_PAUSE_MS; Date.now() < end; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    await sleep(pause);
  }
  throw new Error(`Not within ${deadlineMs / 1000} s: ${what}`);
}
