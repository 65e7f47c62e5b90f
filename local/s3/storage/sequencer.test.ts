import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openSequencer, type MarkStore, type Sequencer } from './sequencer.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');

function memoryMarks(): MarkStore & { value: number | undefined; writes: number } {
  const marks = {
    value: undefined as number | undefined,
    writes: 0,
    get: async () => marks.value,
    put: async (_key: string, value: number) => {
      marks.writes += 1;
      marks.value = value;
    },
  };
  return marks;
}

async function take(sequencer: Sequencer, count: number): Promise<string[]> {
  const taken: string[] = [];
  for (let index = 0; index < count; index += 1) taken.push(await sequencer.next());
  return taken;
}

/** As the users of S3's events are told to compare them. */
function expectGrowing(sequencers: string[]): void {
  const padded = sequencers.map((sequencer) => sequencer.padEnd(40, '0'));
  for (const [index, value] of padded.entries()) {
    if (index > 0) expect(value > (padded[index - 1] ?? '')).toBe(true);
  }
}

describe('sequencers', () => {
  test('grow when padded with zeros on the right, whatever the clock does and wherever a restart falls', async () => {
    const step = fc.record({
      clock: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      count: fc.integer({ min: 1, max: 5 }),
      restart: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const marks = memoryMarks();
        let clock = 0;
        let sequencer = await openSequencer({ marks, now: () => clock });
        const taken: string[] = [];
        for (const { clock: next, count, restart } of steps) {
          clock = next;
          if (restart) sequencer = await openSequencer({ marks, now: () => clock });
          taken.push(...(await take(sequencer, count)));
        }
        expectGrowing(taken);
      }),
    );
  });

  test('grow after a crash with the clock set back a year', async () => {
    const marks = memoryMarks();
    const before = await take(await openSequencer({ marks, now: () => NOON }), 100);
    const lastYear = NOON - 365 * 86_400_000;
    const after = await take(await openSequencer({ marks, now: () => lastYear }), 100);
    expectGrowing([...before, ...after]);
  });

  test('are upper-case hex of at least 16 digits that does not end in a padding zero', async () => {
    const taken = await take(await openSequencer({ marks: memoryMarks(), now: () => NOON }), 500);
    for (const sequencer of taken) {
      expect(sequencer).toMatch(/^[0-9A-F]{16,22}$/);
      if (sequencer.length > 16) expect(sequencer).not.toMatch(/0$/);
    }
  });

  test('vary in length, so that comparing them as numbers goes wrong', async () => {
    const taken = await take(await openSequencer({ marks: memoryMarks(), now: () => NOON }), 500);
    expect(new Set(taken.map((sequencer) => sequencer.length))).toEqual(
      new Set([16, 17, 18, 19, 20, 21, 22]),
    );
    const asNumbers = [...taken].sort((a, b) => (BigInt(`0x${a}`) < BigInt(`0x${b}`) ? -1 : 1));
    expect(asNumbers).not.toEqual(taken);
  });

  test('are handed out in the order they were asked for, without waiting for one another', async () => {
    const sequencer = await openSequencer({ marks: memoryMarks(), now: () => NOON });
    expectGrowing(await Promise.all(Array.from({ length: 200 }, () => sequencer.next())));
  });

  test('cost one write of the mark for many', async () => {
    const marks = memoryMarks();
    await take(await openSequencer({ marks, now: () => NOON }), 1000);
    expect(marks.writes).toBe(1);
  });

  test('are not handed out when the mark could not be written, and are again when it can', async () => {
    const marks = memoryMarks();
    const { put } = marks;
    marks.put = () => Promise.reject(new Error('disk full'));
    const sequencer = await openSequencer({ marks, now: () => NOON });
    await expect(sequencer.next()).rejects.toThrow('disk full');
    marks.put = put;
    expect(await sequencer.next()).toMatch(/^[0-9A-F]+$/);
    expect(marks.writes).toBe(1);
  });
});
