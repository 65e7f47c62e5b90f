import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runTool, ToolMissing } from './run-tool.ts';

export interface PythonClients {
  python: string;
  /** The AWS CLI is a Python script; run by `python`, it needs no shell on Windows either. */
  aws: readonly string[];
}

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/python-clients/', import.meta.url));
const PYTHON_MISSING =
  'These tests run the AWS CLI and boto3, which need Python 3.10 or newer with venv and pip: install it from ' +
  'https://www.python.org/downloads/ (on Debian and Ubuntu: apt-get install python3 python3-venv), or name ' +
  'another one in the variable PYTHON.';
const STALE_MS = 10 * 60_000;
const POLL_MS = 200;

/**
 * The AWS CLI, boto3 and awscrt of requirements.txt in a virtual environment under node_modules/.cache,
 * made at the first call and whenever the versions change. Throws ToolMissing where there is no Python.
 */
export async function pythonClients(): Promise<PythonClients> {
  const versions = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex')
    .slice(0, 12);
  const folder = join(CACHE, versions);
  const ready = join(folder, 'ready');
  await mkdir(CACHE, { recursive: true });
  while (!(await exists(ready))) {
    // Test files run beside one another: one installs, the others wait.
    if (await take(`${folder}.lock`)) await install(folder, ready).finally(() => release(`${folder}.lock`));
    else await sleep(POLL_MS);
  }
  const python = pythonIn(folder);
  return { python, aws: ['-m', 'awscli'] };
}

async function install(folder: string, ready: string): Promise<void> {
  if (await exists(ready)) return;
  await rm(folder, { recursive: true, force: true });
  await succeed(await findPython(), ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', 'awscrt'];
  await succeed(pythonIn(folder), [...pip, '--requirement', REQUIREMENTS]);
  await writeFile(ready, '');
}

async function findPython(): Promise<string> {
  const given = process.env['PYTHON'];
  for (const name of given === undefined ? ['python3', 'python', 'py'] : [given]) {
    const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
    // Windows has a python3 that only opens its shop: a program is Python when it runs Python.
    const run = await runTool(name, ['-c', check], PYTHON_MISSING).catch(() => undefined);
    if (run?.code === 0) return name;
  }
  throw new ToolMissing(PYTHON_MISSING);
}

async function succeed(command: string, args: string[]): Promise<void> {
  const { code, stderr } = await runTool(command, args, PYTHON_MISSING);
  if (code === 0) return;
  throw new ToolMissing(
    `The clients of ${REQUIREMENTS} could not be installed; is PyPI reachable from here?\n${stderr.slice(-2000)}`,
  );
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** Takes the lock unless somebody has it; one that was left by a run that died is taken over. */
async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    const age =
      Date.now() -
      (await stat(lock)
        .catch(() => undefined)
        .then((found) => found?.mtimeMs ?? Date.now()));
    if (age > STALE_MS) await release(lock);
    return false;
  }
}

async function release(lock: string): Promise<void> {
  await rm(lock, { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
