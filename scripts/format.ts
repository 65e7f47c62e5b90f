import { runNode } from './run-node.ts';

/** `npm run format`: brings every file into the form that `npm run check` wants. */
export function main(): void {
  if (!runNode(['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', '.']))
    process.exitCode = 1;
}
