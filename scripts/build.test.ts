import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';

const SOURCES = ['core', 'lambdas', 'local', 'scripts', 'openapi.yaml', 'package.json', 'tsconfig.json'];
// Not by scripts/run.mjs, which may install: the copy shares the folder of installed packages with us.
const BUILD = "(await import('./scripts/build.ts')).main()";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build '));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Builds a copy of the sources in a folder of this name, and answers each zip's bytes. */
async function buildIn(name: string, environment: Record<string, string>): Promise<Record<string, Buffer>> {
  const copy = join(folder, name);
  await mkdir(copy);
  for (const source of SOURCES) await cp(source, join(copy, source), { recursive: true });
  await symlink(resolve('node_modules'), join(copy, 'node_modules'), 'junction');
  execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', BUILD], {
    cwd: copy,
    env: { ...process.env, ...environment },
  });
  const zips = (await readdir(join(copy, 'dist'))).sort();
  const contents = await Promise.all(zips.map((zip) => readFile(join(copy, 'dist', zip))));
  return Object.fromEntries(zips.map((zip, i) => [zip, contents[i] ?? Buffer.alloc(0)]));
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a build', () => {
  test('makes the same bytes in another folder, in another time zone', async () => {
    const first = await buildIn('plain', { TZ: 'Pacific/Kiritimati' });
    const second = await buildIn('año 1+1 50%', { TZ: 'America/Los_Angeles' });
    expect(Object.keys(first)).toEqual(['get_image_metadata.zip', 's3_file_event.zip', 'upload_image.zip']);
    for (const [zip, bytes] of Object.entries(first)) {
      expect([zip, hashOf(second[zip] ?? Buffer.alloc(0))]).toEqual([zip, hashOf(bytes)]);
    }
  });

  test('leaves the S3 client out of get_image_metadata, which needs none', async () => {
    const zips = await buildIn('parts', {});
    expect(codeIn(zips['get_image_metadata.zip'])).not.toContain('PutObject');
    expect(codeIn(zips['upload_image.zip'])).toContain('PutObject');
  });
});

function codeIn(zip: Uint8Array = new Uint8Array()): string {
  return new TextDecoder().decode(unzipSync(zip)['index.js']);
}
