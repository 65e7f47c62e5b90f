import type { Schema } from '@cfworker/json-schema';
import { type SchemaCheck, schemaCheck } from './schema-check.ts';

/** The parts of openapi.yaml (OpenAPI 3.0.3) that serving a request needs. */
interface Document {
  paths: Record<string, PathItem>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
}
interface PathItem {
  parameters?: (Parameter | Reference)[];
  get?: OperationObject;
  post?: OperationObject;
  put?: OperationObject;
  patch?: OperationObject;
  delete?: OperationObject;
}
interface OperationObject {
  operationId: string;
  'x-function': string;
  parameters?: (Parameter | Reference)[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
  'x-greedy'?: boolean;
}
interface Reference {
  $ref: string;
}

export interface QueryParameter extends SchemaCheck {
  name: string;
}

export interface Operation {
  id: string;
  method: (typeof METHODS)[number];
  /** As Hono writes it: `/metadata/:image_id{[\s\S]+}`. */
  route: string;
  /** The part of the path that an image id follows; absent where the path has none. */
  imageIdAfter?: string;
  query: QueryParameter[];
  /** Whether it takes If-None-Match. */
  isConditional: boolean;
  /** Of an `application/json` body. */
  body?: SchemaCheck;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The operations of the contract that one function serves. */
export function operationsOf(contract: unknown, functionName: string): Operation[] {
  // The one place where the contract's shape is taken on trust: `npm run check` lints it.
  const document = contract as Document;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation?.['x-function'] === functionName
        ? toOperation(document, path, item, method, operation)
        : [];
    }),
  );
}

function toOperation(
  document: Document,
  path: string,
  item: PathItem,
  method: Operation['method'],
  operation: OperationObject,
): Operation {
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
    resolve(document, parameter),
  );
  const body = operation.requestBody?.content['application/json']?.schema;
  const greedy = parameters.filter((parameter) => parameter['x-greedy']).map(({ name }) => name);
  return {
    id: operation.operationId,
    method,
    route: path.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => `:${name}${greedy.includes(name) ? '{[\\s\\S]+}' : ''}`,
    ),
    ...(path.endsWith('{image_id}') && { imageIdAfter: path.replace('{image_id}', '') }),
    isConditional: parameters.some(({ name }) => name === 'If-None-Match'),
    query: parameters.filter((parameter) => parameter.in === 'query').map(toQueryParameter),
    ...(body && { body: schemaCheck(resolveSchema(document, body)) }),
  };
}

function resolve(document: Document, parameter: Parameter | Reference): Parameter {
  return '$ref' in parameter ? referred(document.components.parameters, parameter.$ref) : parameter;
}

function resolveSchema(document: Document, schema: Schema): Schema {
  return schema.$ref === undefined ? schema : referred(document.components.schemas, schema.$ref);
}

/** `$ref` ends in the name of a component. Throws, and so fails the cold start, where there is none. */
function referred<T>(components: Record<string, T>, $ref: string): T {
  const found = components[$ref.slice($ref.lastIndexOf('/') + 1)];
  if (found === undefined) throw new Error(`openapi.yaml: no ${$ref}`);
  return found;
}

function toQueryParameter({ name, schema }: Parameter): QueryParameter {
  return { name, ...schemaCheck(schema) };
}
