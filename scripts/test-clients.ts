import { buildFunctions } from './build.ts';
import { runJest } from './run-jest.ts';

/** `npm run test:clients`: the local stack under real clients; needs Python 3 with venv, and curl. */
export async function main(parameters: string[]): Promise<void> {
  await buildFunctions();
  runJest(['clients'], parameters);
}
