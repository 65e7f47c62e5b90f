import { execFile } from 'node:child_process';

export interface ToolRun {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ToolOptions {
  env?: NodeJS.ProcessEnv;
  input?: string;
}

/** A tool that is not installed; its message says what to install. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a program to its end; throws ToolMissing, in the words of `howToInstall`, where there is no such program. */
export async function runTool(
  command: string,
  args: readonly string[],
  howToInstall: string,
  options: ToolOptions = {},
): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const settings = {
      env: options.env ?? process.env,
      encoding: 'utf8',
      maxBuffer: MAX_OUTPUT_BYTES,
    } as const;
    const child = execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else if (error.code === 'ENOENT') reject(new ToolMissing(howToInstall, { cause: error }));
      else reject(new Error(`${command} could not be run`, { cause: error }));
    });
    // A program that fails before it reads leaves a closed pipe; its exit code tells the rest.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}
