import { describe, expect, test } from '@jest/globals';
import { retryBusyFile } from './retry-busy-file.ts';
import { failureCode } from './stack-error.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Fails with these codes one after another, then succeeds. */
function failing(codes: string[]): { operation: () => Promise<string>; calls: () => number } {
  let calls = 0;
  const operation = async (): Promise<string> => {
    const code = codes[calls++];
    if (code !== undefined) throw systemError(code);
    return 'done';
  };
  return { operation, calls: () => calls };
}

async function run(operation: () => Promise<string>): Promise<{ result: unknown; waits: number[] }> {
  const waits: number[] = [];
  const pause = async (ms: number): Promise<void> => void waits.push(ms);
  const result = await retryBusyFile(operation, pause).catch((error: unknown) => failureCode(error));
  return { result, waits };
}

describe('an operation on a busy file', () => {
  test('is not repeated when it succeeds', async () => {
    const { operation, calls } = failing([]);
    expect(await run(operation)).toEqual({ result: 'done', waits: [] });
    expect(calls()).toBe(1);
  });

  test.each(['EPERM', 'EBUSY', 'EACCES'])('is tried again after %s', async (code) => {
    const { operation, calls } = failing([code, code, code]);
    expect((await run(operation)).result).toBe('done');
    expect(calls()).toBe(4);
  });

  test('waits longer each time', async () => {
    const { waits } = await run(failing(['EBUSY', 'EPERM', 'EACCES', 'EBUSY']).operation);
    expect(waits).toHaveLength(4);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(new Set(waits).size).toBe(4);
  });

  test.each(['ENOENT', 'ENOSPC', 'EXDEV'])('fails at once with %s', async (code) => {
    const { operation, calls } = failing([code]);
    expect((await run(operation)).result).toBe(code);
    expect(calls()).toBe(1);
  });

  test('gives up with the error itself after about two seconds', async () => {
    const { operation } = failing(Array<string>(100).fill('EBUSY'));
    const { result, waits } = await run(operation);
    expect(result).toBe('EBUSY');
    const total = waits.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThan(1500);
    expect(total).toBeLessThan(3000);
  });

  test('does not fail on an error without a code', async () => {
    const failure = new TypeError('no code');
    await expect(retryBusyFile(() => Promise.reject(failure))).rejects.toBe(failure);
  });
});
