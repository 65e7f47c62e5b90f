import { expect, test } from '@jest/globals';
import { KeyLock } from './key-lock.ts';

/** A task that ends when it is told to. */
function held(): { task: () => Promise<string>; started: () => boolean; end: (value: string) => void } {
  let isStarted = false;
  let end: (value: string) => void = () => undefined;
  const done = new Promise<string>((resolve) => (end = resolve));
  const task = async (): Promise<string> => {
    isStarted = true;
    return done;
  };
  return { task, started: () => isStarted, end: (value) => end(value) };
}

test('tasks of one name run one after another, in the order they came', async () => {
  const lock = new KeyLock();
  const order: number[] = [];
  const tasks = [3, 1, 2].map((ticks, index) =>
    lock.run('a', async () => {
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      order.push(index);
    }),
  );
  await Promise.all(tasks);
  expect(order).toEqual([0, 1, 2]);
});

test('another name does not wait', async () => {
  const lock = new KeyLock();
  const first = held();
  const waiting = lock.run('a', first.task);
  expect(await lock.run('b', async () => 'b')).toBe('b');
  first.end('a');
  expect(await waiting).toBe('a');
});

test('a task that failed lets the next one run', async () => {
  const lock = new KeyLock();
  const failed = lock.run('a', () => Promise.reject(new Error('no')));
  const next = lock.run('a', async () => 'yes');
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('the second does not start before the first has ended', async () => {
  const lock = new KeyLock();
  const [first, second] = [held(), held()];
  const running = [lock.run('a', first.task), lock.run('a', second.task)];
  expect([first.started(), second.started()]).toEqual([true, false]);
  first.end('1');
  second.end('2');
  expect(await Promise.all(running)).toEqual(['1', '2']);
});

test('nothing is kept of names that are not in use', async () => {
  const lock = new KeyLock();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => lock.run(`key ${index % 5}`, async () => undefined)),
  );
  expect(lock.size).toBe(0);
});
