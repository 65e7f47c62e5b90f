import { resolve } from 'node:path';
import { USAGE, parseArguments } from './arguments.ts';
import { Console, welcome } from './console.ts';
import { apiLine, eventLine, faultLine, s3Line } from './console-lines.ts';
import { type RunningStack, type StackWatcher, startStack } from './stack.ts';
import { StackError } from './stack-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** No end takes longer, whatever hangs. What was acknowledged is on disk already. */
const MAX_CLOSE_MS = 1_800;

/** npm passes Ctrl-C on to a process that got it from the terminal already: two at once are one. */
const SAME_CTRL_C_MS = 300;

/** The command line of the local stack, which `prepare` goes before; resolves when the stack has ended. */
export async function main(argv: string[], prepare: () => Promise<unknown>): Promise<void> {
  try {
    const { help, port, data, reset } = parseArguments(argv);
    if (help) {
      process.stdout.write(USAGE);
      return;
    }
    await prepare();
    await run(port, resolve(data), reset);
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function run(port: number, dataFolder: string, reset: boolean): Promise<void> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  // Functions run in UTC, as on AWS. The zone is the whole process's; only the console keeps the reader's.
  process.env['TZ'] = 'UTC';
  const console = new Console(process.stdout, timeZone);
  const told = untilTold();
  const stack = await Promise.race([
    startStack({ port, dataFolder, reset, watcher: watcherOf(console) }),
    told,
  ]);
  if (stack === undefined) process.exit(0); // told to end before it was ready
  console.write(welcome(stack.info, dataFolder, performance.now() / 1000));
  await told;
  await close(stack, console);
}

async function close(stack: RunningStack, console: Console): Promise<never> {
  console.write('\nEnding …');
  console.mute();
  setTimeout(() => process.exit(0), MAX_CLOSE_MS).unref();
  await stack.close();
  process.exit(0);
}

function watcherOf(console: Console): StackWatcher {
  return {
    onApiRequest: (line) => console.print(apiLine(line)),
    onDelivery: (delivery) => console.print(eventLine(delivery)),
    onFault: (what, error) => console.print(faultLine(what, error)),
    onS3Request: (line) => {
      // What a function does there is part of its own line, unless S3 failed. The SDK names Lambda in its user agent.
      const isFunction = line.userAgent.includes('exec-env/AWS_Lambda');
      if (!isFunction || line.status >= 500) console.print(s3Line(line));
    },
  };
}

/** Resolves at the first signal to end; a second one ends the process at once. */
function untilTold(): Promise<undefined> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const onSignal = (): void => {
      const now = performance.now();
      if (firstMs !== undefined && now - firstMs > SAME_CTRL_C_MS) process.exit(130);
      firstMs ??= now;
      resolve(undefined);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
