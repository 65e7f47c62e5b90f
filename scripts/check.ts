import { runNode } from './run-node.ts';

const CHECKS: readonly (readonly [name: string, ...command: string[]])[] = [
  ['types', 'node_modules/typescript/bin/tsc'],
  ['lint', 'node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'],
  ['contract', 'node_modules/@redocly/cli/bin/cli.js', 'lint', 'openapi.yaml'],
  ['format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
];

// Redocly would call home.
const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** `npm run check`: types, lint, contract and format; each of them, or those that are named. */
export function main(names: string[]): void {
  const unknown = names.filter((name) => !CHECKS.some(([known]) => known === name));
  if (unknown.length > 0) throw new Error(`No such check: ${unknown.join(', ')}`);
  for (const [name, ...command] of CHECKS) {
    if (names.length > 0 && !names.includes(name)) continue;
    const ok = runNode(command, QUIET);
    console.log(`${name}: ${ok ? 'passed' : 'FAILED'}`);
    if (!ok) process.exitCode = 1;
  }
}
