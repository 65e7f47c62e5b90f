import type { Validator } from '@cfworker/json-schema';
import { InvalidRequest } from '../errors.ts';
import type { Operation, QueryParameter } from './contract.ts';

export type Query = Record<string, unknown>;

/** The query in the contract's types, with its defaults. Throws `InvalidRequest`, which names the parameter. */
export function checkQuery(given: URLSearchParams, operation: Operation): Query {
  for (const name of given.keys()) {
    if (operation.query.some((parameter) => parameter.name === name)) continue;
    const known = operation.query.map((parameter) => parameter.name).join(', ') || 'none';
    throw new InvalidRequest(`${name}: not a parameter here; there are: ${known}`);
  }
  return Object.fromEntries(operation.query.map((parameter) => [parameter.name, valueOf(parameter, given)]));
}

/** The JSON body, as the contract wants it. Throws `InvalidRequest`, which names the field. */
export function checkJson(text: string, validator: Validator): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new InvalidRequest('body: not valid JSON');
  }
  checkValue(body, validator, 'body');
  return body;
}

function valueOf(parameter: QueryParameter, given: URLSearchParams): unknown {
  const [text, ...more] = given.getAll(parameter.name);
  if (text === undefined) return parameter.default;
  if (more.length > 0) throw new InvalidRequest(`${parameter.name}: given more than once`);
  const value = inType(text, parameter.type);
  checkValue(value, parameter.validator, parameter.name);
  return value;
}

function inType(text: string, type: unknown): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function checkValue(value: unknown, validator: Validator, what: string): void {
  const { valid, errors } = validator.validate(value);
  if (valid) return;
  // The last one is the innermost, which says most.
  const { instanceLocation = '#', error = 'not as the contract says' } = errors.at(-1) ?? {};
  // Its words for numbers hold two spaces.
  const reason = error.replaceAll(/ +/g, ' ');
  const where = instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.');
  throw new InvalidRequest(`${where || what}: ${reason}`);
}
