// Jest's globalSetup. In plain JavaScript: Jest would make CommonJS of a TypeScript file here, which Node refuses in
// a package of ES modules.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

/**
 * Gives a test run its stack: the one whose `stack.json` the variable STACK names, or a new one that ends with the
 * run. The tests find it in `process.env.STACK`.
 */
export default async function startStackForTests() {
  if (process.env.STACK) return;
  const { startStackProcess } = await tsImport('./start-stack.ts', import.meta.url);
  const data = await mkdtemp(join(tmpdir(), 'stack for tests ñ '));
  const running = await startStackProcess({ data });
  process.env.STACK = join(data, 'stack.json');
  globalThis.endStackForTests = async () => {
    await running.stop();
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  };
}
