import type { Validator } from '@cfworker/json-schema';
import { ERROR_BODY, operationOf } from './contract.ts';
import type { HttpAnswer } from './http.ts';

export interface Asked {
  method: string;
  /** Below the API's base, without the query. */
  path: string;
  origin?: string;
}

/** Everything in an answer that is not as the contract says; nothing where all is well. */
export function problemsOf(answer: HttpAnswer, asked: Asked): string[] {
  return [...headerProblems(answer, asked), ...contractProblems(answer, asked)];
}

function headerProblems({ headers }: HttpAnswer, { origin }: Asked): string[] {
  const problems: string[] = [];
  if (!headers.get('x-request-id')) problems.push('no x-request-id');
  if (headers.get('x-content-type-options') !== 'nosniff')
    problems.push('no x-content-type-options: nosniff');
  const allowed = headers.get('access-control-allow-origin');
  if (origin !== undefined && allowed !== '*' && allowed !== origin) {
    problems.push(`access-control-allow-origin: ${allowed}`);
  }
  return problems;
}

function contractProblems(answer: HttpAnswer, { method, path }: Asked): string[] {
  if (method === 'OPTIONS') return [];
  const operation = operationOf(method, path);
  if (!operation) {
    if (answer.status !== 404) return [`status ${answer.status} for a route that the contract does not have`];
    return method === 'HEAD' ? [] : bodyProblems(answer, ERROR_BODY);
  }
  const documented = operation.answers.get(answer.status);
  if (!documented) return [`status ${answer.status}, which ${operation.id} does not document`];
  const headers = documented.headers
    .filter(({ name, isInteger }) => !(isInteger ? /^\d+$/ : /./).test(answer.headers.get(name) ?? ''))
    .map(({ name }) => `header ${name}: ${answer.headers.get(name)}`);
  if (documented.body) return [...headers, ...bodyProblems(answer, documented.body)];
  return answer.text === '' ? headers : [...headers, 'a body where none is documented'];
}

function bodyProblems(answer: HttpAnswer, validator: Validator): string[] {
  const type = answer.headers.get('content-type') ?? '';
  if (!/^application\/json(; *charset=utf-8)?$/i.test(type)) return [`content-type ${type}`];
  const body = parsed(answer.text);
  if (body === undefined) return ['a body that is not JSON'];
  const problems = validator
    .validate(body)
    .errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
  if (answer.status >= 400 && requestIdIn(body) !== answer.headers.get('x-request-id')) {
    problems.push('request_id is not x-request-id');
  }
  return problems;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function requestIdIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'request_id' in body ? body.request_id : undefined;
}
