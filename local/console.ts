import { styleText } from 'node:util';
import type { ConsoleLine } from './console-lines.ts';
import type { StackInfo } from './stack-info.ts';

const MAX_TEXT = 200;
const COLOURS = { good: 'green', odd: 'yellow', bad: 'red' } as const;

/** The stack's console: plain lines, in colour only on a terminal that wants it. */
export class Console {
  readonly #out: NodeJS.WriteStream;
  readonly #time: Intl.DateTimeFormat;
  readonly #hasColour: boolean;
  #isMuted = false;

  /** `timeZone` is that of the person who reads. */
  constructor(out: NodeJS.WriteStream, timeZone: string) {
    this.#out = out;
    this.#time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone });
    this.#hasColour = out.isTTY && !process.env['NO_COLOR'];
    // Who reads has gone (`npm start | head`): no reason to end.
    out.on('error', () => this.mute());
  }

  print({ kind, outcome, ms, what, why, level }: ConsoleLine): void {
    const time = this.#style('dim', this.#time.format(new Date()));
    const result = this.#style(COLOURS[level], outcome.padEnd(10));
    const duration = (ms === undefined ? '' : `${ms} ms`).padStart(8);
    const reason = why ? `  ${this.#style(COLOURS[level], printable(why))}` : '';
    this.write(`${time}  ${kind.padEnd(5)}  ${result}${duration}  ${printable(what)}${reason}`);
  }

  write(text: string): void {
    if (!this.#isMuted) this.#out.write(`${text}\n`);
  }

  mute(): void {
    this.#isMuted = true;
  }

  #style(style: 'dim' | 'green' | 'yellow' | 'red', text: string): string {
    return this.#hasColour ? styleText(style, text) : text;
  }
}

/** What to know of a stack that is ready, with lines to paste into a shell. */
export function welcome(info: StackInfo, dataFolder: string, seconds: number): string {
  const { api_url, api_key, s3_endpoint, bucket } = info;
  const key = `-H 'x-api-key: ${api_key}'`;
  const credentials = `AWS_ACCESS_KEY_ID=${info.access_key_id} AWS_SECRET_ACCESS_KEY=${info.secret_access_key}`;
  return `
The image index runs, ready in ${seconds.toFixed(1)} s. Ctrl-C ends it.

  API         ${api_url}
  API key     ${api_key}
  S3          ${s3_endpoint}  bucket ${bucket}, region ${info.region}
  S3 key      ${info.access_key_id}  secret ${info.secret_access_key}
  DynamoDB    ${info.dynamodb_endpoint}  table ${info.table}
  Data        ${dataFolder}

To paste into a shell:

  curl ${key} ${api_url}/metadata

  curl ${key} -H 'content-type: image/jpeg' --data-binary @photo.jpg '${api_url}/images?name=photo.jpg'

  ${credentials} AWS_DEFAULT_REGION=${info.region} aws --endpoint-url ${s3_endpoint} s3 cp photo.jpg s3://${bucket}/uploads/
`;
}

/** A key may hold anything; on a terminal it must not act. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  const safe = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return safe.length > MAX_TEXT ? `${safe.slice(0, MAX_TEXT)}…` : safe;
}
