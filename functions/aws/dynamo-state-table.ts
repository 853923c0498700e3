import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { StateItem, StateTable } from '../contract/state-table.ts';
import { succeeds } from './conditional-write.ts';

type Attributes = Record<string, AttributeValue>;

/** What DynamoDB did not get to in a batch is asked for again this often. */
const batchTries = 5;

/** DynamoDB takes no more in one batch. */
const putsAtOnce = 25;

/** The state table in DynamoDB: key `pk`, JSON in `value`, a number in `generation`, expiry in `expiresAt` (s). */
export function createStateTable(client: DynamoDBClient, tableName: string, now: () => number): StateTable {
  const item = (key: string, value: unknown, generation: number, keptSeconds?: number): Attributes => ({
    pk: { S: key },
    value: { S: JSON.stringify(value) },
    generation: { N: String(generation) },
    ...(keptSeconds === undefined ? {} : { expiresAt: { N: String(Math.floor(now() / 1000) + keptSeconds) } }),
  });

  async function getMany(keys: readonly string[]): Promise<StateItem[]> {
    let wanted: Attributes[] = keys.map((key) => ({ pk: { S: key } }));
    const found: Attributes[] = [];
    for (let tries = 0; wanted.length > 0; tries += 1) {
      if (tries === batchTries) throw new Error(`DynamoDB left ${wanted.length} items unread. Hand the work back.`);
      const request = { [tableName]: { Keys: wanted, ConsistentRead: true } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: request }));
      found.push(...(Responses?.[tableName] ?? []));
      wanted = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return found.map(toItem);
  }

  async function putMany(items: ReadonlyMap<string, unknown>, keptSeconds: number): Promise<void> {
    const puts = [...items].map(([key, value]) => ({ PutRequest: { Item: item(key, value, 0, keptSeconds) } }));
    for (let first = 0; first < puts.length; first += putsAtOnce) await putBatch(puts.slice(first, first + putsAtOnce));
  }

  async function putBatch(puts: WriteRequest[]): Promise<void> {
    let left = puts;
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === batchTries) throw new Error(`DynamoDB left ${left.length} items unwritten. Hand the work back.`);
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: left } }),
      );
      left = UnprocessedItems?.[tableName] ?? [];
    }
  }

  return {
    getMany,
    putMany,
    async get(key) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { pk: { S: key } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : toItem(Item);
    },
    async put(key, value, keptSeconds) {
      await client.send(new PutItemCommand({ TableName: tableName, Item: item(key, value, 0, keptSeconds) }));
    },
    replace(key, expected, value, keptSeconds) {
      const condition = expected === 'absent' ? absent : sameGeneration(expected);
      const Item = item(key, value, expected === 'absent' ? 1 : expected + 1, keptSeconds);
      return succeeds(client.send(new PutItemCommand({ TableName: tableName, Item, ...condition })));
    },
    async remove(key, generation) {
      const command = { TableName: tableName, Key: { pk: { S: key } }, ...sameGeneration(generation) };
      await succeeds(client.send(new DeleteItemCommand(command)));
    },
  };
}

const absent = { ConditionExpression: 'attribute_not_exists(pk)' };

function sameGeneration(generation: number) {
  return {
    ConditionExpression: 'generation = :seen',
    ExpressionAttributeValues: { ':seen': { N: String(generation) } },
  };
}

function toItem({ pk, value, generation }: Attributes): StateItem {
  return { key: pk?.S ?? '', value: JSON.parse(value?.S ?? 'null'), generation: Number(generation?.N ?? 0) };
}
