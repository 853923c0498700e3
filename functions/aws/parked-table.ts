import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unsettledIndex } from '../contract/names.ts';
import { isSettled, type ParkedEvent, type ParkedStore } from '../contract/parked.ts';
import { succeeds } from './conditional-write.ts';
import { type Attributes, notTheBody, toAttributes, toParkedMessage } from './parked-item.ts';

/** What settled events, and what is left of erased ones, are kept for, in seconds. */
const settledKeptSeconds = 90 * 24 * 60 * 60;
const erasedKeptSeconds = 30 * 24 * 60 * 60;

/**
 * The parked table in DynamoDB: `pk` `<integration>/<flow>`, `sk` the event's id; `unsettled`, the key of its index, is
 * there only until the event is settled. Reads are strongly consistent but for the index.
 */
export function createParkedTable(
  client: DynamoDBClient,
  tableName: string,
  integration: string,
  now: () => number,
): ParkedStore {
  const partitionOf = (flow: string) => `${integration}/${flow}`;
  const keyOf = (flow: string, eventId: string) => ({ pk: { S: partitionOf(flow) }, sk: { S: eventId } });
  const secondsFrom = (ms: number, seconds: number) => ({ N: String(Math.floor(ms / 1000) + seconds) });

  async function* pagesOf(query: Omit<QueryCommandInput, 'TableName'>) {
    let ExclusiveStartKey: Attributes | undefined;
    do {
      const page = await client.send(new QueryCommand({ ...query, TableName: tableName, ExclusiveStartKey }));
      yield page;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  async function eventsOf(flow: string, query: Omit<QueryCommandInput, 'TableName'>) {
    const items: Attributes[] = [];
    for await (const { Items = [] } of pagesOf(query)) items.push(...Items);
    return items.map((item) => withoutBody(flow, item));
  }

  const inIndex = (flow: string) => ({
    IndexName: unsettledIndex.name,
    KeyConditionExpression: 'unsettled = :flow',
    ExpressionAttributeValues: { ':flow': { S: partitionOf(flow) } },
  });

  return {
    async read(flow, eventId) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: keyOf(flow, eventId), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : toParkedMessage(flow, Item);
    },
    async look(flow, eventId) {
      const get = { TableName: tableName, Key: keyOf(flow, eventId), ConsistentRead: true, ...notTheBody };
      const { Item } = await client.send(new GetItemCommand(get));
      return Item === undefined ? undefined : withoutBody(flow, Item);
    },
    add(event) {
      const { flow, eventId, generation, parkedMs } = event;
      const put = new PutItemCommand({
        TableName: tableName,
        Item: { ...keyOf(flow, eventId), ...toAttributes(event, partitionOf(flow)) },
        // An operator's decision to discard stands; delivered and superseded ones may be parked anew, by what came later.
        ConditionExpression:
          'attribute_not_exists(pk) OR (attribute_exists(unsettled) AND generation < :generation)' +
          ' OR (#status IN (:delivered, :superseded) AND settledMs < :parkedMs)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':generation': { N: String(generation) },
          ':parkedMs': { N: String(parkedMs) },
          ':delivered': { S: 'delivered' },
          ':superseded': { S: 'superseded' },
        },
      });
      return succeeds(client.send(put));
    },
    move({ flow, eventId, generation }, { from, to, atMs, note }) {
      const froms = Object.fromEntries(from.map((status, index) => [`:from${index}`, { S: status }]));
      const settles = isSettled(to);
      const settled: Attributes = {
        ':at': { N: String(atMs) },
        ':expires': secondsFrom(atMs, settledKeptSeconds),
        ...(note === undefined ? {} : { ':note': { S: note } }),
      };
      const settling = `, settledMs = :at, expiresAt = :expires${note === undefined ? '' : ', note = :note'}`;
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(flow, eventId),
        UpdateExpression: `SET #status = :to${settles ? `${settling} REMOVE body, dataBytes, unsettled` : ''}`,
        ConditionExpression: `generation = :generation AND #status IN (${Object.keys(froms).join(', ')})`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':to': { S: to },
          ':generation': { N: String(generation) },
          ...froms,
          ...(settles ? settled : {}),
        },
      });
      return succeeds(client.send(update));
    },
    unsettled: (flow) => eventsOf(flow, inIndex(flow)),
    async countUnsettled(flow) {
      const { ExpressionAttributeValues, ...index } = inIndex(flow);
      const counting: Omit<QueryCommandInput, 'TableName'> = {
        ...index,
        Select: 'COUNT',
        FilterExpression: '#status <> :waiting',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':waiting': { S: 'waiting' } },
      };
      let count = 0;
      for await (const { Count = 0 } of pagesOf(counting)) count += Count;
      return count;
    },
    ofKey: (flow, subject) =>
      eventsOf(flow, {
        KeyConditionExpression: 'pk = :flow',
        FilterExpression: 'subject = :subject',
        ExpressionAttributeValues: { ':flow': { S: partitionOf(flow) }, ':subject': { S: subject } },
        ...notTheBody,
        // Said, and not only meant, for those who may ask for nothing else.
        Select: 'SPECIFIC_ATTRIBUTES',
        ConsistentRead: true,
      }),
    async erase(flow, eventId) {
      const values: Record<string, AttributeValue> = {
        ':erased': { S: 'erased' },
        ':none': { N: '0' },
        ':at': { N: String(now()) },
        ':expires': secondsFrom(now(), erasedKeptSeconds),
      };
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(flow, eventId),
        UpdateExpression:
          'SET #status = :erased, generation = if_not_exists(generation, :none), settledMs = :at, expiresAt = :expires' +
          ' REMOVE subject, eventType, groupId, letter, note, body, dataBytes, unsettled',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: values,
      });
      await client.send(update);
    },
  };
}

function withoutBody(flow: string, item: Attributes): ParkedEvent {
  const { body: _, ...event } = toParkedMessage(flow, item);
  return event;
}
