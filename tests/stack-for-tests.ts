import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStackProcess } from './start-stack.ts';

/**
 * Gives a test run its stack: the one whose `stack.json` the variable STACK names, or a new one that ends with the
 * run. The tests find it in `process.env.STACK`.
 */
export default async function startStackForTests(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['STACK']) return undefined;
  const data = await mkdtemp(join(tmpdir(), 'stack for tests ñ '));
  const running = await startStackProcess({ data });
  process.env['STACK'] = join(data, 'stack.json');
  return async () => {
    delete process.env['STACK'];
    await running.stop();
    await rm(data, { recursive: true, force: true });
  };
}
