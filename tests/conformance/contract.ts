import { Validator, type Schema } from '@cfworker/json-schema';
import openapi from '../../openapi.yaml';

/** What the contract says of one status of an operation. */
export interface DocumentedAnswer {
  headers: { name: string; isInteger: boolean }[];
  /** Of the JSON body; absent where there is none. */
  body?: Validator;
}

export interface Operation {
  id: string;
  method: string;
  /** As the contract writes it: `/metadata/{image_id}`. */
  path: string;
  answers: ReadonlyMap<number, DocumentedAnswer>;
}

/** The parts of OpenAPI 3.0.3 that answers need. */
interface Document {
  paths: Record<string, Record<string, OperationObject>>;
  components: {
    schemas: Record<string, Schema>;
    headers: Record<string, HeaderObject>;
    responses: Record<string, ResponseObject>;
  };
}
interface OperationObject {
  operationId: string;
  responses: Record<string, ResponseObject | Reference>;
}
interface ResponseObject {
  headers?: Record<string, HeaderObject | Reference>;
  content?: Record<string, { schema: Schema }>;
}
interface HeaderObject {
  schema: Schema;
}
interface Reference {
  $ref: string;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

// The one place where the contract's shape is taken on trust: `npm run check` lints it.
const contract = withNulls(openapi) as Document;

export const OPERATIONS: readonly Operation[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      answers: new Map(
        Object.entries(operation.responses).map(([status, answer]) => [Number(status), documented(answer)]),
      ),
    })),
);

/** Of the routes that the contract doesn't have, and of a gateway that refuses before it knows the route. */
export const ERROR_BODY = validatorOf({ $ref: '#/components/schemas/Error' });

/** The operation that a request of this path (below the API's base) means, if any. */
export function operationOf(method: string, path: string): Operation | undefined {
  return OPERATIONS.find((operation) => operation.method === method && patternOf(operation.path).test(path));
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace('{image_id}', '[^]+')}$`);
}

function documented(answer: ResponseObject | Reference): DocumentedAnswer {
  const { headers = {}, content = {} } = resolve(contract.components.responses, answer);
  const schema = content['application/json']?.schema;
  return {
    headers: Object.entries(headers).map(([name, header]) => ({
      name,
      isInteger: resolve(contract.components.headers, header).schema.type === 'integer',
    })),
    ...(schema && { body: validatorOf(schema) }),
  };
}

function resolve<T extends object>(components: Record<string, T>, value: T | Reference): T {
  if (!('$ref' in value)) return value;
  const found = components[value.$ref.split('/').at(-1) ?? ''];
  if (!found) throw new Error(`openapi.yaml: no ${value.$ref}`);
  return found;
}

function validatorOf(schema: Schema): Validator {
  return new Validator({ ...schema, components: contract.components }, '4', false);
}

/** JSON Schema knows no `nullable`: there a type is one of several. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as Record<string, unknown>;
  const entries = Object.entries(rest).map(([name, part]) => [name, withNulls(part)] as const);
  return { ...Object.fromEntries(entries), ...(nullable === true && { type: [rest['type'], 'null'] }) };
}
