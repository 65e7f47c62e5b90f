import { buildFunctions } from './build.ts';
import { runJest } from './run-jest.ts';

/** `npm test`: every test that needs Node alone; more parameters go to Jest. */
export async function main(parameters: string[]): Promise<void> {
  await buildFunctions();
  runJest(['unit', 'conformance', 'e2e'], parameters);
}
