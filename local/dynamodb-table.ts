import { setTimeout as wait } from 'node:timers/promises';
import { StackError } from './stack-error.ts';

/** How often a table is looked at, 10 ms apart, until it is made or deleted: it takes a millisecond here. */
const LOOKS = 50;

/**
 * Makes the table where it is absent, as Terraform does on AWS, and anew where it is another one and empty or where a
 * killed stack left half of it. Throws StackError where another one holds something, or DynamoDB does not answer.
 */
export async function ensureTable(endpoint: string, name: string): Promise<void> {
  const definition = definitionOf(name);
  await call(endpoint, 'CreateTable', definition, 'ResourceInUseException');
  const found = await settledTable(endpoint, name);
  if (found !== undefined && isMadeOf(found, definition)) return;
  if (found?.TableStatus === 'CREATING') await finishCreation(endpoint, found);
  else await checkEmpty(endpoint, name);
  await call(endpoint, 'DeleteTable', { TableName: name }, 'ResourceNotFoundException');
  await settledTable(endpoint, name);
  await call(endpoint, 'CreateTable', definition);
  const made = await settledTable(endpoint, name);
  if (made?.TableStatus !== 'ACTIVE') throw cannotUse(name, 'it does not get ready');
}

interface KeyElement {
  AttributeName: string;
  KeyType: string;
}

interface Index {
  IndexName: string;
  KeySchema: KeyElement[];
  Projection: { ProjectionType: string };
}

interface Shape {
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  KeySchema: KeyElement[];
  GlobalSecondaryIndexes?: Index[];
}

interface TableDefinition extends Shape {
  TableName: string;
  BillingMode: string;
}

/** What DescribeTable says of a table, whoever made it. */
interface FoundTable extends Shape {
  TableName: string;
  TableStatus: string;
  BillingModeSummary?: { BillingMode: string };
}

function definitionOf(name: string): TableDefinition {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['image_id', 'listing', 'created_key'].map((attribute) => ({
      AttributeName: attribute,
      AttributeType: 'S',
    })),
    KeySchema: [{ AttributeName: 'image_id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [indexOf('by_id', 'image_id'), indexOf('by_created', 'created_key')],
  };
}

function indexOf(name: string, sortKey: string): Index {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: 'listing', KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  };
}

/** The table, once it is neither being made nor being deleted; as it is where it stays so; undefined without one. */
async function settledTable(endpoint: string, name: string): Promise<FoundTable | undefined> {
  let table: FoundTable | undefined;
  for (let look = 0; look < LOOKS; look++) {
    const described = await call(endpoint, 'DescribeTable', { TableName: name }, 'ResourceNotFoundException');
    table = described['Table'] as FoundTable | undefined;
    if (table === undefined || table.TableStatus === 'ACTIVE') break;
    await wait(10);
  }
  return table;
}

function isMadeOf(found: FoundTable, definition: TableDefinition): boolean {
  const billingMode = found.BillingModeSummary?.BillingMode;
  if (found.TableStatus !== 'ACTIVE' || billingMode !== definition.BillingMode) return false;
  return shapeOf(found) === shapeOf(definition);
}

/** As text; the order in which attributes and indexes come means nothing. */
function shapeOf({ AttributeDefinitions, KeySchema, GlobalSecondaryIndexes = [] }: Shape): string {
  const attributes = AttributeDefinitions.map(
    (attribute) => `${attribute.AttributeName} ${attribute.AttributeType}`,
  );
  const indexes = GlobalSecondaryIndexes.map(
    (index) => `${index.IndexName} ${keyOf(index.KeySchema)} ${index.Projection.ProjectionType}`,
  );
  return [keyOf(KeySchema), ...attributes.sort(), ...indexes.sort()].join('\n');
}

function keyOf(schema: KeyElement[]): string {
  return schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
}

/**
 * dynalite makes a table in two writes. A process that ends between them leaves one that says CREATING for ever, can't
 * be used and can't be deleted, until its throughput is changed.
 */
async function finishCreation(
  endpoint: string,
  { TableName, GlobalSecondaryIndexes = [] }: FoundTable,
): Promise<void> {
  const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  const GlobalSecondaryIndexUpdates = GlobalSecondaryIndexes.map(({ IndexName }) => ({
    Update: { IndexName, ProvisionedThroughput },
  }));
  const change = {
    TableName,
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput,
    GlobalSecondaryIndexUpdates,
  };
  await call(endpoint, 'UpdateTable', change);
  await settledTable(endpoint, TableName);
}

/** One that is absent, or that is being deleted, is empty. */
async function checkEmpty(endpoint: string, name: string): Promise<void> {
  const { Items } = await call(endpoint, 'Scan', { TableName: name, Limit: 1 }, 'ResourceNotFoundException');
  if (Array.isArray(Items) && Items.length > 0) throw cannotUse(name, 'it is of another version');
}

function cannotUse(name: string, why: string): StackError {
  return new StackError(`The table ${name} can't be used (${why}): start once more with --reset.`);
}

/**
 * Without the SDK, which alone takes longer to load than all else here; dynalite checks no signature. Throws what
 * DynamoDB refuses, but for the error `tolerated`, and StackError where it does not answer.
 */
async function call(
  endpoint: string,
  operation: string,
  input: unknown,
  tolerated?: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none',
    },
  }).catch((cause: unknown) => {
    throw new StackError(
      'DynamoDB does not answer; its data may be damaged: start with --reset to begin anew.',
      { cause },
    );
  });
  const answer = (await response.json()) as Record<string, unknown>;
  const isTolerated = tolerated !== undefined && String(answer['__type']).endsWith(`#${tolerated}`);
  if (response.ok || isTolerated) return answer;
  throw new Error(`DynamoDB refuses ${operation}: ${JSON.stringify(answer)}`);
}
