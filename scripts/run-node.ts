import { spawnSync } from 'node:child_process';

/** Runs Node with these parameters in the foreground; whether it ended well. */
export function runNode(parameters: string[], environment: Record<string, string> = {}): boolean {
  const { status } = spawnSync(process.execPath, parameters, {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return status === 0;
}
