import { setTimeout as sleep } from 'node:timers/promises';
import { problemsOf } from './check-answer.ts';
import { sendByFetch, sendRaw, type HttpAnswer, type HttpRequest } from './http.ts';
import { stack } from './stack.ts';

export interface ApiRequest {
  query?: Record<string, string> | string;
  headers?: Record<string, string>;
  body?: HttpRequest['body'];
  /** `null` sends none. */
  apiKey?: string | null;
  /** Sends the path and the query just as they are given. */
  raw?: boolean;
}

export interface Answer extends HttpAnswer {
  /** Of the request. */
  url: string;
}

const BASE = stack.api_url.replace(/\/+$/, '');
export const ORIGIN = 'https://gallery.example';
const MAX_THROTTLED = 20;

/**
 * Sends one request to the API; `path` is below its base and encoded. Throws where anything in the answer is not as
 * openapi.yaml says. One that came too fast (429) is sent again when the answer says so.
 */
export async function callApi(method: string, path: string, request: ApiRequest = {}): Promise<Answer> {
  const { apiKey = stack.api_key, raw = false, body } = request;
  const url = BASE + path + queryOf(request.query);
  const headers = { origin: ORIGIN, ...(apiKey !== null && { 'x-api-key': apiKey }), ...request.headers };
  for (let attempt = 1; ; attempt++) {
    const answer = await (raw ? sendRaw : sendByFetch)(url, { method, headers, body });
    const problems = problemsOf(answer, { method, path, origin: headers.origin });
    if (problems.length > 0) throw new ContractBroken(method, url, answer, problems);
    if (answer.status !== 429 || attempt === MAX_THROTTLED) return { ...answer, url };
    await sleep(1000 * Number(answer.headers.get('retry-after')));
  }
}

class ContractBroken extends Error {
  override name = 'ContractBroken';

  constructor(method: string, url: string, answer: HttpAnswer, problems: string[]) {
    const head = `${method} ${url} answered ${answer.status} against openapi.yaml: ${problems.join('; ')}`;
    super(`${head}\n${answer.text.slice(0, 1000)}`);
  }
}

function queryOf(query: ApiRequest['query']): string {
  if (query === undefined) return '';
  if (typeof query === 'string') return `?${query}`;
  const fields = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `?${fields.join('&')}`;
}
