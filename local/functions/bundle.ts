import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { StackError, failureCode } from '../stack-error.ts';

/**
 * The code of a function, out of the zip that a deployment uploads: `index.js`, CommonJS.
 * Throws {@link StackError} where the zip is missing or holds no such file.
 */
export async function readBundle(zipPath: string): Promise<string> {
  const entry = unzip(await readZip(zipPath), zipPath)['index.js'];
  if (entry === undefined) throw new StackError(`${zipPath} holds no index.js: run npm run build.`);
  return Buffer.from(entry).toString('utf8');
}

async function readZip(zipPath: string): Promise<Uint8Array> {
  try {
    return await readFile(zipPath);
  } catch (error) {
    if (failureCode(error) !== 'ENOENT') throw error;
    throw new StackError(`${zipPath} is missing: run npm run build.`, { cause: error });
  }
}

function unzip(zip: Uint8Array, zipPath: string): Record<string, Uint8Array> {
  try {
    return unzipSync(zip, { filter: ({ name }) => name === 'index.js' });
  } catch (error) {
    throw new StackError(`${zipPath} is not a zip file: run npm run build.`, { cause: error });
  }
}
