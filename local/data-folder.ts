import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import type { Database } from './database.ts';
import { StackError, failureCode, messageOf } from './stack-error.ts';
import { STACK_FILE, readStackInfo } from './stack-info.ts';

/** Where each part of the stack keeps its own. */
export const FOLDERS = { db: 'db', objects: 'objects', dynamodb: 'dynamodb', logs: 'logs' } as const;

/**
 * Opens the stack's database in its data folder, which is made where it is absent and emptied first with `reset`.
 * LevelDB's lock on it tells a second stack on the same data. Throws {@link StackError}, and leaves a folder alone
 * that is not the stack's.
 */
export async function openDataFolder(folder: string, reset: boolean): Promise<Database> {
  try {
    await makeFolder(folder);
    if (!(await isOurs(folder))) throw notOurs(folder);
    if (reset) await clear(folder);
    return await openDatabase(folder);
  } catch (error) {
    throw error instanceof StackError ? error : unwritable(folder, error);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeWithParents(folder);
  } catch (error) {
    const code = failureCode(error);
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new StackError(`${folder} is a file, or lies below one: choose a folder with --data.`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Node's own recursive mkdir never ends where a folder is there and takes none, as /proc. */
async function makeWithParents(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (error) {
    const parent = dirname(folder);
    if (failureCode(error) !== 'ENOENT' || parent === folder) throw error;
    await makeWithParents(parent);
    await makeOne(folder);
  }
}

/** One that is there already is no error; Windows says EPERM, and not EEXIST, of a drive's root. */
async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error;
  }
}

/** Says of a folder that a stack made it its own; nothing else would be so sure to delete by. */
const MARKER = '.image-metadata-stack';

/** Takes a folder that is empty, but for what a desktop puts into every one, as its own. */
async function isOurs(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  if (names.includes(MARKER)) return true;
  if (names.some((name) => !name.startsWith('.') && name !== 'desktop.ini')) return false;
  await writeFile(join(folder, MARKER), 'The data of a local stack, which --reset deletes.\n');
  return true;
}

/** Only what is ours, and only when no stack has it open. */
async function clear(folder: string): Promise<void> {
  try {
    await (await openDatabase(folder)).close();
  } catch (error) {
    // A damaged database is a reason to reset; one in use, or one that can't be written, is not.
    if (!(error instanceof DamagedDatabase)) throw error;
  }
  for (const name of [...Object.values(FOLDERS), STACK_FILE, `${STACK_FILE}.new`]) {
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function openDatabase(folder: string): Promise<Database> {
  await makeFolder(join(folder, FOLDERS.db));
  const db: Database = new ClassicLevel(join(folder, FOLDERS.db), { valueEncoding: 'json' });
  try {
    await db.open();
    return db;
  } catch (error) {
    if (failureCode(error) === 'LEVEL_LOCKED') throw await inUse(folder, error);
    await checkWritable(folder);
    throw new DamagedDatabase(folder, error);
  }
}

/** LevelDB says the same of a folder that it may not write and of a file that it misses. */
async function checkWritable(folder: string): Promise<void> {
  const probe = join(folder, FOLDERS.db, 'probe');
  await writeFile(probe, '');
  await rm(probe);
}

async function inUse(folder: string, cause: unknown): Promise<StackError> {
  const info = await readStackInfo(folder);
  const which = info === undefined ? '' : ` (${info.api_url}, process ${info.pid})`;
  return new StackError(
    `A stack runs on ${folder} already${which}: use that one, stop it, or choose another folder with --data.`,
    { cause },
  );
}

class DamagedDatabase extends StackError {
  constructor(folder: string, cause: unknown) {
    super(
      `The data in ${folder} is damaged: start with --reset to begin anew, or choose another with --data.`,
      {
        cause,
      },
    );
  }
}

function notOurs(folder: string): StackError {
  return new StackError(`${folder} holds other files: choose an empty folder, or a new one, with --data.`);
}

function unwritable(folder: string, cause: unknown): StackError {
  return new StackError(`${folder} can't be used (${messageOf(cause)}): choose another folder with --data.`, {
    cause,
  });
}
