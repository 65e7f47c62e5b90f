import { readFileSync } from 'node:fs';
import type { Stack } from '../start-stack.ts';

/** The stack under test: the only thing that this suite knows of it is what its `stack.json` says. */
export const stack: Stack = read(process.env['STACK']);

function read(path: string | undefined): Stack {
  if (path === undefined) throw new Error('Set STACK to the path of the stack.json of a running stack');
  // The one place that takes the file's shape on trust: whoever runs a stack writes it.
  return JSON.parse(readFileSync(path, 'utf8')) as Stack;
}
