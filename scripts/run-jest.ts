import { runNode } from './run-node.ts';

/** Runs Jest on ES modules, and ends as it ends. `parameters` may select other suites. */
export function runJest(suites: string[], parameters: string[]): void {
  // Node warns of its experimental flag, and the SDK of Node 20, at every start.
  const environment = { NODE_NO_WARNINGS: '1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const selected = parameters.includes('--selectProjects') ? [] : ['--selectProjects', ...suites];
  const ok = runNode(
    ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...selected, ...parameters],
    environment,
  );
  if (!ok) process.exitCode = 1;
}
