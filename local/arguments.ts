import { parseArgs } from 'node:util';
import { StackError, messageOf } from './stack-error.ts';

export interface Arguments {
  /** 0 for free ones. */
  port: number;
  /** As it was given. */
  data: string;
  reset: boolean;
  help: boolean;
}

export const USAGE = `Usage: npm start -- [--port NUMBER] [--data FOLDER] [--reset]

  --port NUMBER  the API's port; S3 and DynamoDB take the next two; 0 for free ones (3000)
  --data FOLDER  where everything is kept (.local)
  --reset        begins anew: deletes what an earlier run kept there
  --help         says this
`;

/** The S3 and DynamoDB ports come behind it. */
const MAX_PORT = 65_533;

/** Throws {@link StackError}. */
export function parseArguments(argv: string[]): Arguments {
  const { port, data, reset, help } = parse(argv);
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT) {
    throw new StackError(
      `--port takes a number from 0 to ${MAX_PORT}, as in --port 3000, and not "${port}".`,
    );
  }
  if (data.trim() === '') throw new StackError('--data takes a folder, as in --data .local.');
  return { port: Number(port), data, reset, help };
}

function parse(argv: string[]): { port: string; data: string; reset: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        port: { type: 'string', default: '3000' },
        data: { type: 'string', default: '.local' },
        reset: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const [sentence = ''] = messageOf(error).split(/\.\s|\n/);
    throw new StackError(`${sentence}: the options are --port NUMBER, --data FOLDER, --reset and --help.`, {
      cause: error,
    });
  }
}
