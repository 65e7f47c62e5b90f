import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { InvalidRequest } from '../errors.ts';

/** A schema of the contract, and the words for what breaks it. */
export interface SchemaCheck {
  schema: Schema;
  /** Throws `InvalidRequest`; `what` names the value itself, its fields are named by their own names. */
  check: (value: unknown, what: string) => void;
}

/** `schema` refers to no other one. */
export function schemaCheck(schema: Schema): SchemaCheck {
  const validator = new Validator(schema, '4');
  return {
    schema,
    check: (value, what) => {
      // The last error is the innermost, which says most.
      const error = validator.validate(value).errors.at(-1);
      if (error) throw new InvalidRequest(sentenceOf(error, schema, what));
    },
  };
}

function sentenceOf(error: OutputUnit, schema: Schema, what: string): string {
  const field = error.instanceLocation.replace(/^#\/?/, '');
  const names = Object.keys(schema.properties ?? {});
  if (error.keyword === 'required')
    return `${names.find((name) => error.error.includes(`"${name}"`)) ?? what}: missing`;
  if (error.keyword === 'false') return `${field}: not a field here; there are: ${names.join(', ')}`;
  return `${field || what}: ${reasonOf(error, field === '' ? schema : fieldOf(schema, field))}`;
}

function fieldOf(schema: Schema, name: string): Schema {
  const field = schema.properties?.[name];
  return typeof field === 'object' ? field : {};
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a string',
  object: 'a JSON object',
};

function reasonOf(
  { keyword, error }: OutputUnit,
  { type, minimum, maximum, maxLength, pattern }: Schema,
): string {
  switch (keyword) {
    case 'type':
      return `must be ${TYPES[String(type)] ?? String(type)}`;
    case 'minimum':
      return `must be at least ${minimum ?? ''}`;
    case 'maximum':
      return `must be at most ${maximum ?? ''}`;
    case 'maxLength':
      return `must have at most ${maxLength ?? ''} characters`;
    case 'pattern':
      return `must match ${pattern ?? ''}`;
    default:
      return error;
  }
}
