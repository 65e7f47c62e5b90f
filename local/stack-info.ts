import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { retryBusyFile } from './retry-busy-file.ts';

/** What a program needs to use a running stack: `{data}/stack.json`. */
export interface StackInfo {
  /** With the stage, without a slash at the end. */
  api_url: string;
  api_key: string;
  s3_endpoint: string;
  dynamodb_endpoint: string;
  bucket: string;
  table: string;
  region: string;
  access_key_id: string;
  secret_access_key: string;
  pid: number;
}

export const STACK_FILE = 'stack.json';

/** Whole or not at all, for who waits for it. */
export async function writeStackInfo(folder: string, info: StackInfo): Promise<void> {
  const path = join(folder, STACK_FILE);
  await writeFile(`${path}.new`, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  await retryBusyFile(() => rename(`${path}.new`, path));
}

export async function removeStackInfo(folder: string): Promise<void> {
  await retryBusyFile(() => rm(join(folder, STACK_FILE), { force: true }));
}

/** Undefined where there is none, or it is not one of ours. */
export async function readStackInfo(folder: string): Promise<StackInfo | undefined> {
  try {
    const info = JSON.parse(await readFile(join(folder, STACK_FILE), 'utf8')) as Partial<StackInfo> | null;
    return typeof info?.api_url === 'string' ? (info as StackInfo) : undefined;
  } catch {
    return undefined; // absent, or cut off
  }
}
