import { randomInt } from 'node:crypto';

/** Where the high-water mark lies: as much of a LevelDB sublevel as is needed. */
export interface MarkStore {
  get(key: string): Promise<number | undefined>;
  put(key: string, value: number): Promise<void>;
}

export interface Sequencer {
  /** Strictly greater than every one before it, also than those of an earlier run. */
  next(): Promise<string>;
}

const MARK = 'sequencer-mark';
/** Microseconds kept in reserve ahead of use: one write of the mark a minute at most. */
const RESERVE = 60_000_000;
/** S3's sequencers begin with zeros too; 16 hex digits hold microseconds until the year 2255 exactly. */
const DIGITS = 16;
const MOST_EXTRA_DIGITS = 6;

/**
 * Sequencers like S3's: upper-case hex of varying length, ordered as text after padding with zeros on
 * the right. A counter of microseconds gives the order; the digits behind it only vary the length,
 * so that a reader who compares them as numbers is found out here and not on AWS.
 *
 * The mark is written before any number below it is used, so numbers also grow over a crash and when
 * the clock is set back.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export async function openSequencer(options: { marks: MarkStore; now: () => number }): Promise<Sequencer> {
  const { marks, now } = options;
  let reserved = (await marks.get(MARK)) ?? 0;
  let last = reserved;
  let writing: Promise<void> = Promise.resolve();

  const reserve = async (upTo: number): Promise<void> => {
    if (upTo < reserved) return;
    const mark = upTo + RESERVE;
    await marks.put(MARK, mark);
    reserved = mark;
  };

  return {
    async next() {
      last = Math.max(last + 1, Math.floor(now() * 1000));
      const mine = last;
      if (mine >= reserved) {
        const reservation = writing.then(() => reserve(mine));
        // A failed write fails the request that needed it, not those after it.
        writing = reservation.catch(() => undefined);
        await reservation;
      }
      return mine.toString(16).toUpperCase().padStart(DIGITS, '0') + extraDigits();
    },
  };
}

/** The last digit is never 0: padding would make two lengths of one number equal. */
function extraDigits(): string {
  const count = randomInt(MOST_EXTRA_DIGITS + 1);
  let digits = '';
  for (let place = 1; place <= count; place += 1)
    digits += randomInt(place === count ? 1 : 0, 16).toString(16);
  return digits.toUpperCase();
}
