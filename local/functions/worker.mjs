// One execution environment: a thread that loads a function's bundle once and runs one invocation at a time.
// Plain JavaScript, so that the thread needs no TypeScript loader.
import { createRequire } from 'node:module';
import { parse } from 'node:path';
import { compileFunction, constants } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';

const MAX_LOG_CHARACTERS = 1_000_000;

let current;
let logged = 0;

// Log text goes by the same port as results, so that a line never arrives after the end of its invocation.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk, encoding, callback) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    // A function that logs without end would fill the stack's memory: the thread's own messages have no limit.
    if ((logged += text.length) <= MAX_LOG_CHARACTERS) parentPort.postMessage({ type: 'log', text });
    (typeof encoding === 'function' ? encoding : callback)?.();
    return true;
  };
}

// As Lambda's own runtime does: report, then end the environment.
process.on('uncaughtException', (error) => crash(describe(error)));
process.on('unhandledRejection', (reason) => {
  const error = describe(reason);
  const errorMessage = `${error.errorType}: ${error.errorMessage}`;
  crash({ ...error, errorType: 'Runtime.UnhandledPromiseRejection', errorMessage });
});

const { source, functionName, functionArn, memoryMb, maxResponseBytes } = workerData;
const loaded = load();

parentPort.on('message', (message) => {
  current = message.id;
  logged = 0;
  void invoke(message);
});

async function invoke({ id, event, deadline }) {
  try {
    if (loaded.error) return crash(loaded.error);
    const result = await loaded.handler(JSON.parse(event), contextOf(id, deadline));
    const payload = JSON.stringify(result) ?? 'null';
    const bytes = Buffer.byteLength(payload);
    if (bytes > maxResponseBytes) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
      parentPort.postMessage({
        type: 'error',
        id,
        error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage },
      });
    } else {
      parentPort.postMessage({ type: 'result', id, payload });
    }
  } catch (error) {
    parentPort.postMessage({ type: 'error', id, error: describe(error) });
  }
}

// Source: Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js function information".
function contextOf(id, deadline) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: id,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** Compiled from memory: a file below the project would count as an ES module, and would find its packages. */
function load() {
  const filename = `${parse(process.cwd()).root}var/task/index.js`;
  try {
    const module = { exports: {} };
    const run = compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    run(module.exports, createRequire(filename), module, filename, '/var/task');
    if (typeof module.exports.handler === 'function') return { handler: module.exports.handler };
    return {
      error: {
        errorType: 'Runtime.HandlerNotFound',
        errorMessage: 'index.handler is undefined or not exported',
      },
    };
  } catch (error) {
    const described = describe(error);
    const isMissing = error?.code === 'MODULE_NOT_FOUND';
    return { error: isMissing ? { ...described, errorType: 'Runtime.ImportModuleError' } : described };
  }
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
}

function crash(error) {
  parentPort.postMessage({ type: 'crash', id: current, error });
  process.exit(1);
}
