import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { environmentOf, functionArn } from './function-settings.ts';
import { type FunctionRuntime, openRuntime } from './function-runtime.ts';
import { RuntimeClosed } from './invocation.ts';

let folder: string;
let runtime: FunctionRuntime | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'función de prueba '));
});

afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
  await rm(folder, { recursive: true, force: true });
});

interface Fake {
  code: string;
  timeoutMs?: number;
  memoryMb?: number;
  environments?: number;
}

async function start({
  code,
  timeoutMs = 20_000,
  memoryMb = 128,
  environments = 2,
}: Fake): Promise<FunctionRuntime> {
  const name = 'fake';
  await writeFile(join(folder, 'fake.zip'), zipSync({ 'index.js': strToU8(code) }));
  const context = {
    region: 'us-east-1',
    accountId: '123456789012',
    accessKeyId: 'AK',
    secretAccessKey: 'SK',
  };
  const environment = environmentOf({ ...context, name, memoryMb, variables: { BUCKET_NAME: 'b' } });
  const arn = functionArn(context.region, context.accountId, name);
  const functions = [{ name, arn, environment, timeoutMs, memoryMb, environments }];
  runtime = await openRuntime({ functions, bundleFolder: folder, logFolder: join(folder, 'logs') });
  return runtime;
}

describe('the function runtime', () => {
  it('answers what the handler returns, and gives it the event', async () => {
    const { invoke } = await start({ code: 'exports.handler = async (event) => ({ got: event })' });
    expect(await invoke('fake', { a: [1, 'ñ'] })).toMatchObject({
      ok: true,
      payload: { got: { a: [1, 'ñ'] } },
    });
  });

  it('answers null where the handler returns nothing', async () => {
    const { invoke } = await start({ code: 'exports.handler = async () => {}' });
    expect(await invoke('fake', {})).toMatchObject({ ok: true, payload: null });
  });

  it('hands over the context of Lambda', async () => {
    const code = `exports.handler = async (event, context) =>
      ({ ...context, left: context.getRemainingTimeInMillis() })`;
    const result = await (await start({ code })).invoke('fake', {}, { requestId: 'r-1' });
    expect(result).toMatchObject({
      requestId: 'r-1',
      payload: {
        awsRequestId: 'r-1',
        functionName: 'fake',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:fake',
        memoryLimitInMB: '128',
      },
    });
    const { left } = (result as unknown as { payload: { left: number } }).payload;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(20_000);
  });

  it("gives the function its own variables and none of the stack's", async () => {
    process.env['SECRET_OF_THE_STACK'] = 'x';
    const { invoke } = await start({ code: 'exports.handler = async () => ({ ...process.env })' });
    const result = (await invoke('fake', {})) as unknown as { payload: Record<string, string> };
    delete process.env['SECRET_OF_THE_STACK'];
    expect(result.payload).toMatchObject({
      BUCKET_NAME: 'b',
      AWS_REGION: 'us-east-1',
      _HANDLER: 'index.handler',
    });
    expect(result.payload).not.toHaveProperty('SECRET_OF_THE_STACK');
    expect(result.payload).not.toHaveProperty('HOME');
  });

  it('loads built-in modules and no package of the project', async () => {
    const { invoke } = await start({
      code: `const { join } = require('node:path');
        exports.handler = async (name) => name === 'fs' ? typeof require('fs').readFile : require(name) && join('a')`,
    });
    expect(await invoke('fake', 'fs')).toMatchObject({ ok: true, payload: 'function' });
    expect(await invoke('fake', 'yaml')).toMatchObject({ ok: false, error: { errorType: 'Error' } });
  });

  it('answers a thrown error as Lambda does, and goes on in the same environment', async () => {
    const code = `let count = 0; exports.handler = async () => {
      if (count++ === 0) throw new TypeError('no good'); return count }`;
    const { invoke } = await start({ code });
    const failed = await invoke('fake', {});
    expect(failed).toMatchObject({ ok: false, error: { errorType: 'TypeError', errorMessage: 'no good' } });
    expect(await invoke('fake', {})).toMatchObject({ ok: true, payload: 2 });
  });

  it.each([
    ['process.exit(3)', 'Runtime.ExitError', /exit status 3/],
    ['process.exit(0)', 'Runtime.ExitError', /without providing a reason/],
    ['setTimeout(() => { throw new RangeError("late") }); await new Promise(() => {})', 'RangeError', /late/],
    [
      'Promise.reject(new Error("lost")); await new Promise(() => {})',
      'Runtime.UnhandledPromiseRejection',
      /lost/,
    ],
    [
      'const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()))',
      'Runtime.ExitError',
      /signal: killed/,
    ],
  ])('survives %s, and the next invocation gets a new environment', async (crash, errorType, message) => {
    const code = `let count = 0; exports.handler = async (event) => { count++; if (event === 'crash') { ${crash} } return count }`;
    const { invoke } = await start({ code, environments: 1, memoryMb: 32 });
    expect(await invoke('fake', 'go')).toMatchObject({ payload: 1 });
    const failed = await invoke('fake', 'crash');
    expect(failed).toMatchObject({
      ok: false,
      error: { errorType, errorMessage: expect.stringMatching(message) },
    });
    expect(await invoke('fake', 'go')).toMatchObject({ ok: true, payload: 1 });
  });

  it('cuts an endless loop at the time limit, and what waited behind it runs', async () => {
    const code = "exports.handler = async (event) => { if (event === 'loop') for (;;); return event }";
    const { invoke } = await start({ code, timeoutMs: 300, environments: 1 });
    const [looped, behind] = await Promise.all([invoke('fake', 'loop'), invoke('fake', 'ok')]);
    expect(looped).toMatchObject({
      ok: false,
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/Task timed out after 0\.30 seconds$/),
      },
    });
    expect(behind).toMatchObject({ ok: true, payload: 'ok' });
  });

  it('refuses an answer over the limit of Lambda, and an event over its own', async () => {
    const { invoke } = await start({ code: "exports.handler = async (size) => 'x'.repeat(size)" });
    expect(await invoke('fake', 6_291_554)).toMatchObject({ ok: true });
    expect(await invoke('fake', 6_291_555)).toMatchObject({
      error: { errorType: 'Function.ResponseSizeTooLarge' },
    });
    const tooLarge = await invoke('fake', 'x'.repeat(100), { maxRequestBytes: 50 });
    expect(tooLarge).toMatchObject({ ok: false, error: { errorType: 'RequestEntityTooLargeException' } });
  });

  it('runs as many at once as it has environments, and never two in one', async () => {
    const code = `const { threadId } = require('node:worker_threads'); let running = 0;
      exports.handler = async () => {
        running++; await new Promise((done) => setTimeout(done, 30));
        const most = running; running--; return { threadId, most } }`;
    const { invoke } = await start({ code, environments: 3 });
    const results = await Promise.all(Array.from({ length: 12 }, () => invoke('fake', {})));
    const payloads = results.map(
      (result) => (result as unknown as { payload: { threadId: number; most: number } }).payload,
    );
    expect(new Set(payloads.map((payload) => payload.threadId)).size).toBe(3);
    expect(payloads.every((payload) => payload.most === 1)).toBe(true);
  });

  it('hands back the JSON lines of an invocation, and keeps all in the log file', async () => {
    const code = `exports.handler = async () => { console.log(JSON.stringify({ outcome: 'written' })); console.error('plain') }`;
    const result = await (await start({ code })).invoke('fake', {});
    expect(result.log).toEqual([{ outcome: 'written' }]);
    const log = await readFile(join(folder, 'logs', 'fake.log'), 'utf8');
    expect(log).toBe('{"outcome":"written"}\nplain\n');
  });

  it('says so where the bundle fails to load or has no handler', async () => {
    const broken = await start({ code: "throw new Error('BUCKET is missing')" });
    expect(await broken.invoke('fake', {})).toMatchObject({
      ok: false,
      error: { errorMessage: 'BUCKET is missing' },
    });
    await broken.close();
    const empty = await start({ code: 'exports.main = 1' });
    expect(await empty.invoke('fake', {})).toMatchObject({ error: { errorType: 'Runtime.HandlerNotFound' } });
    await empty.close();
    const missing = await start({ code: "require('not-there')" });
    expect(await missing.invoke('fake', {})).toMatchObject({
      error: { errorType: 'Runtime.ImportModuleError' },
    });
  });

  it('names the build where a bundle is missing', async () => {
    const { close } = await start({ code: '' });
    await close();
    await rm(join(folder, 'fake.zip'));
    const functions = [
      { name: 'fake', arn: '', environment: {}, timeoutMs: 1, memoryMb: 32, environments: 1 },
    ];
    const opened = openRuntime({ functions, bundleFolder: folder, logFolder: join(folder, 'logs') });
    await expect(opened).rejects.toThrow(/fake\.zip is missing: run npm run build\./);
  });

  it('cuts what runs and what waits when it closes, and says that it was not the function', async () => {
    const { invoke, close } = await start({
      code: 'exports.handler = () => new Promise(() => {})',
      environments: 1,
    });
    const cut = [invoke('fake', 1), invoke('fake', 2)].map((run) => run.catch((error: unknown) => error));
    await close();
    for (const error of await Promise.all(cut)) expect(error).toBeInstanceOf(RuntimeClosed);
    await expect(invoke('fake', 3)).rejects.toThrow(RuntimeClosed);
  });
});
