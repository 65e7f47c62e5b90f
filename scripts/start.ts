import { main as runStack } from '../local/main.ts';
import { buildFunctions } from './build.ts';

/** `npm start`: builds the functions and runs the local stack. */
export async function main(parameters: string[]): Promise<void> {
  await runStack(parameters, buildFunctions);
}
