import { InvalidRequest } from '../errors.ts';
import type { Operation, QueryParameter } from './contract.ts';
import type { SchemaCheck } from './schema-check.ts';

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
export function checkJson(text: string, body: SchemaCheck): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidRequest('body: not valid JSON');
  }
  body.check(value, 'body');
  return value;
}

function valueOf(parameter: QueryParameter, given: URLSearchParams): unknown {
  const [text, ...more] = given.getAll(parameter.name);
  if (text === undefined) return parameter.schema.default;
  if (more.length > 0) throw new InvalidRequest(`${parameter.name}: given more than once`);
  const value = inType(text, parameter.schema.type);
  parameter.check(value, parameter.name);
  return value;
}

function inType(text: string, type: unknown): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
