import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Plugin, build, stop } from 'esbuild';
import { zipSync } from 'fflate';
import { parse } from 'yaml';
import { retryBusyFile } from '../local/retry-busy-file.ts';
import { requestSideOf } from './request-side.ts';

/** `npm run build`: `dist/{function}.zip` for each folder in lambdas/ that has a handler, with its sizes. */
export async function main(): Promise<void> {
  for (const { name, codeBytes, zipBytes } of await buildFunctions()) {
    console.log(`dist/${name}.zip`.padEnd(32), `${kilobytes(zipBytes)} (code ${kilobytes(codeBytes)})`);
  }
}

export interface BuiltFunction {
  name: string;
  codeBytes: number;
  zipBytes: number;
}

const DIST = 'dist';

export async function buildFunctions(): Promise<BuiltFunction[]> {
  await mkdir(DIST, { recursive: true });
  const built = await Promise.all((await functionNames()).map(buildFunction));
  // esbuild works in a process of its own, which would stay as long as ours: the local stack's.
  await stop();
  return built;
}

async function functionNames(): Promise<string[]> {
  const folders = await readdir('lambdas', { withFileTypes: true });
  return folders.filter((folder) => folder.isDirectory() && folder.name !== 'shared').map(({ name }) => name);
}

async function buildFunction(name: string): Promise<BuiltFunction> {
  const code = await bundle(join('lambdas', name, 'handler.ts'));
  const zip = zipOf(code);
  await writeIfChanged(join(DIST, `${name}.zip`), zip);
  return { name, codeBytes: code.length, zipBytes: zip.length };
}

/** One minified CommonJS file, which loads fastest on Lambda, with the SDK in it. */
async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // An ES module drops what is not used; a package's CommonJS comes in whole.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    logLevel: 'warning',
    plugins: [contractPlugin],
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of ${entry}`);
  return file.contents;
}

const contractPlugin: Plugin = {
  name: 'contract',
  setup(build) {
    build.onLoad({ filter: /\.yaml$/ }, async ({ path }) => ({
      contents: JSON.stringify(requestSideOf(parse(await readFile(path, 'utf8')))),
      loader: 'json',
    }));
  },
};

/** The same bytes on every machine: pure JavaScript packs it, with a fixed time (in local time, as zip has it). */
function zipOf(code: Uint8Array): Uint8Array {
  const mtime = new Date(1980, 0, 1);
  const unix = 3;
  return zipSync({ 'index.js': [code, { mtime, level: 9, os: unix, attrs: 0o100644 << 16 }] });
}

/** Replaced in one step, so that whoever reads it while a build runs has the old one or the new one. */
async function writeIfChanged(path: string, contents: Uint8Array): Promise<void> {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(contents)) return;
  // Two builds at once write the same bytes, each by a file of its own.
  const written = `${path}.${process.pid}`;
  await writeFile(written, contents);
  await retryBusyFile(() => rename(written, path));
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
