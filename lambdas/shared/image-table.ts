import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ImageRecords, Next, Stored } from '../../core/ports.ts';
import { awsError, callAws } from './aws-failure.ts';
import { type Attributes, type Item, ATTRIBUTE_NAMES, fromItem, toAttributes } from './image-item.ts';

const LISTING_INDEX = 'by_id';
// S3's limit of a key, and DynamoDB's of a sort key: nothing longer can be stored, and DynamoDB refuses to look for it.
const MAX_ID_BYTES = 1024;

/** `ImageRecords` on a DynamoDB table (terraform/storage.tf). `bucket` names the listing that the records are in. */
export function imageTable(options: {
  tableName: string;
  bucket: string;
  client?: DynamoDBDocumentClient;
}): ImageRecords {
  const {
    tableName: TableName,
    bucket,
    client = DynamoDBDocumentClient.from(new DynamoDBClient()),
  } = options;
  const listing = `${bucket}#0`;

  async function update(id: string, next: Next, condition: Condition): Promise<boolean> {
    const { expression, names, values } = expressionOf(toAttributes(next, { listing, rev: randomUUID() }));
    const command = new UpdateCommand({
      TableName,
      Key: { image_id: id },
      UpdateExpression: expression,
      ConditionExpression: condition.expression,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ...values, ...condition.values },
    });
    return callAws(() => client.send(command).then(() => true, falseIfConditionFailed));
  }

  return {
    async get(id) {
      if (Buffer.byteLength(id) > MAX_ID_BYTES) return null;
      const command = new GetCommand({ TableName, Key: { image_id: id }, ConsistentRead: true });
      const { Item: item } = await callAws(() => client.send(command));
      return item ? fromItem(item as Item) : null;
    },

    async writeIfNewer(id, next) {
      return (await update(id, next, isOlderThan(next))) ? 'written' : 'superseded';
    },

    async writeIfUnchanged(id, seen, next) {
      return (await update(id, next, isStill(seen))) ? 'written' : 'changed';
    },

    async list({ prefix, after, limit }) {
      if (Buffer.byteLength(after ?? prefix) > MAX_ID_BYTES) return { items: [], end: true };
      const command = new QueryCommand({
        TableName,
        IndexName: LISTING_INDEX,
        KeyConditionExpression: 'listing = :listing AND begins_with(image_id, :prefix)',
        ExpressionAttributeValues: { ':listing': listing, ':prefix': prefix },
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: { listing, image_id: after } }),
      });
      const { Items = [], LastEvaluatedKey } = await callAws(() => client.send(command));
      return {
        items: Items.map((item): Stored => fromItem(item as Item)),
        end: LastEvaluatedKey === undefined,
      };
    },
  };
}

interface Condition {
  expression: string;
  values?: Record<string, string>;
}

function isOlderThan({ order, upload }: Next): Condition {
  if (order === '') return { expression: 'attribute_not_exists(image_id)' };
  // An item without a sequencer is of unknown order: older than any known one.
  const older = 'attribute_not_exists(sequencer) OR sequencer < :order';
  if (upload === undefined) return { expression: older, values: { ':order': order } };
  return {
    expression: `(${older}) AND NOT (attribute_exists(pruned) AND upload_id = :upload)`,
    values: { ':order': order, ':upload': upload },
  };
}

function isStill(seen: string | null): Condition {
  if (seen === null) return { expression: 'attribute_not_exists(image_id)' };
  return { expression: 'rev = :seen', values: { ':seen': seen } };
}

/** The update that leaves just these attributes, and `created_at` as it was first written. */
function expressionOf(attributes: Attributes) {
  const given = new Map<string, unknown>(Object.entries(attributes));
  const written = ATTRIBUTE_NAMES.filter((name) => given.get(name) !== undefined);
  const set = written.map((name) => `#${name} = ${valueOf(name)}`);
  const remove = ATTRIBUTE_NAMES.filter((name) => !written.includes(name)).map((name) => `#${name}`);
  return {
    expression: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
    names: Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [`#${name}`, name])),
    values: Object.fromEntries(written.map((name) => [`:${name}`, given.get(name)])),
  };
}

function valueOf(name: string): string {
  return KEPT.has(name) ? `if_not_exists(#${name}, :${name})` : `:${name}`;
}

const KEPT = new Set(['created_at', 'created_key']);

function falseIfConditionFailed(error: unknown): false {
  if (awsError(error).name === 'ConditionalCheckFailedException') return false;
  throw error;
}
