import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createParkedTable } from '../../../functions/aws/parked-table.ts';
import { parkedMetadata, unsettledIndex } from '../../../functions/contract/names.ts';
import { aLetter, aParkedEvent } from '../parking/support/parked-events.ts';
import { answering, nowhere, type SentCommand } from './fake-client.ts';

const nowMs = Date.parse('2026-11-20T08:00:00.900Z');
const inDays = (days: number) => String(Date.parse('2026-11-20T08:00:00Z') / 1000 + days * 86_400);
const Key = { pk: { S: 'shop/orders' }, sk: { S: 'evt_1' } };

function aTable(answer: (...sent: SentCommand) => unknown = () => ({})) {
  const { client, sent } = answering(new DynamoDBClient(nowhere), answer);
  return { table: createParkedTable(client, 'parked', 'shop', () => nowMs), sent };
}

const event = aParkedEvent({ flow: 'orders', generation: 3, body: '{"id":"evt_1"}' });
const item = {
  ...Key,
  subject: { S: 'p1' },
  eventType: { S: 'person.updated' },
  groupId: { S: 'g1' },
  generation: { N: '3' },
  status: { S: 'parked' },
  letter: {
    M: {
      reason: { S: aLetter.reason },
      category: { S: 'permanent' },
      attempts: { N: '0' },
      lastErrorCode: { S: 'INVALID_FIELD' },
      correlationId: { S: 'corr-1' },
      firstSeen: { S: aLetter.firstSeen },
    },
  },
  parkedMs: { N: String(event.parkedMs) },
  unsettled: { S: 'shop/orders' },
  body: { S: '{"id":"evt_1"}' },
};

const refused = () => {
  throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
};
const throttled = () => {
  throw Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
};

describe('createParkedTable: one event', () => {
  it('is read strongly consistent, as it was stored', async () => {
    const { table, sent } = aTable(() => ({ Item: item }));

    const read = await table.read('orders', 'evt_1');

    expect(read).toEqual(event);
    expect(sent).toEqual([['GetItemCommand', { TableName: 'parked', Key, ConsistentRead: true }]]);
  });

  it('is looked at without its message, which is not even asked for', async () => {
    const { body: _, ...shown } = item;
    const { table, sent } = aTable(() => ({ Item: shown }));

    const looked = await table.look('orders', 'evt_1');

    const { body: __, ...expected } = event;
    expect(looked).toEqual(expected);
    expect(sent).toMatchObject([['GetItemCommand', { Key, ConsistentRead: true }]]);
    const named = String(sent[0]?.[1].ProjectionExpression).replace('#status', 'status').split(', ');
    expect(named.toSorted()).toEqual(parkedMetadata.toSorted());
  });

  it('is undefined where it is not there', async () => {
    const { table } = aTable();

    expect([await table.read('orders', 'evt_1'), await table.look('orders', 'evt_1')]).toEqual([undefined, undefined]);
  });

  it('is stored whole, with its place among the unsettled, unless something newer is there', async () => {
    const { table, sent } = aTable();

    const stored = await table.add(event);

    expect(stored).toBe(true);
    expect(sent).toEqual([
      [
        'PutItemCommand',
        {
          TableName: 'parked',
          Item: item,
          ConditionExpression:
            'attribute_not_exists(pk) OR (attribute_exists(unsettled) AND generation < :generation)' +
            ' OR (#status IN (:delivered, :superseded) AND settledMs < :parkedMs)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':generation': { N: '3' },
            ':parkedMs': { N: String(event.parkedMs) },
            ':delivered': { S: 'delivered' },
            ':superseded': { S: 'superseded' },
          },
        },
      ],
    ]);
  });

  it('moves on only from where, and in the generation in which, it was seen', async () => {
    const { table, sent } = aTable();

    await table.move(event, { from: ['parked', 'waiting'], to: 'releasing', atMs: nowMs });

    expect(sent).toEqual([
      [
        'UpdateItemCommand',
        {
          TableName: 'parked',
          Key,
          UpdateExpression: 'SET #status = :to',
          ConditionExpression: 'generation = :generation AND #status IN (:from0, :from1)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':to': { S: 'releasing' },
            ':generation': { N: '3' },
            ':from0': { S: 'parked' },
            ':from1': { S: 'waiting' },
          },
        },
      ],
    ]);
  });

  it('that is settled loses its message and its place among the unsettled, and is kept for 90 days', async () => {
    const { table, sent } = aTable();

    await table.move(event, { from: ['parked'], to: 'discarded', atMs: nowMs, note: 'a test' });
    await table.move(event, { from: ['releasing'], to: 'delivered', atMs: nowMs });

    const [discarded, delivered] = sent.map(([, input]) => input);
    expect(discarded).toMatchObject({
      UpdateExpression:
        'SET #status = :to, settledMs = :at, expiresAt = :expires, note = :note REMOVE body, dataBytes, unsettled',
      ExpressionAttributeValues: {
        ':at': { N: String(nowMs) },
        ':expires': { N: inDays(90) },
        ':note': { S: 'a test' },
      },
    });
    expect(delivered).toMatchObject({
      UpdateExpression: 'SET #status = :to, settledMs = :at, expiresAt = :expires REMOVE body, dataBytes, unsettled',
    });
  });

  it('that is erased leaves for 30 days that it was there', async () => {
    const { table, sent } = aTable();

    await table.erase('orders', 'evt_1');

    expect(sent).toMatchObject([
      [
        'UpdateItemCommand',
        {
          Key,
          UpdateExpression:
            'SET #status = :erased, generation = if_not_exists(generation, :none), settledMs = :at, expiresAt = :expires' +
            ' REMOVE subject, eventType, groupId, letter, note, body, dataBytes, unsettled',
          ExpressionAttributeValues: { ':erased': { S: 'erased' }, ':expires': { N: inDays(30) } },
        },
      ],
    ]);
    expect(sent[0]?.[1]).not.toHaveProperty('ConditionExpression');
  });

  it('tells a refused condition from a failure', async () => {
    const step = { from: ['parked'], to: 'releasing', atMs: nowMs } as const;

    const answers = [await aTable(refused).table.add(event), await aTable(refused).table.move(event, step)];

    expect(answers).toEqual([false, false]);
    await expect(aTable(throttled).table.add(event)).rejects.toThrow('slow down');
    await expect(aTable(throttled).table.move(event, step)).rejects.toThrow('slow down');
    await expect(aTable(throttled).table.erase('orders', 'evt_1')).rejects.toThrow('slow down');
  });
});

describe('createParkedTable: many events', () => {
  /** DynamoDB answers a query in two pages. */
  const pages =
    (page: object) =>
    (_name: string, { ExclusiveStartKey }: Record<string, unknown>) =>
      ExclusiveStartKey === undefined ? { ...page, LastEvaluatedKey: Key } : page;

  it('that are unsettled come out of the index, page by page, without their messages', async () => {
    const { body: _, ...shown } = item;
    const { table, sent } = aTable(pages({ Items: [shown] }));

    const events = await table.unsettled('orders');

    const { body: __, ...expected } = event;
    expect(events).toEqual([expected, expected]);
    expect(sent.map(([, input]) => input)).toEqual([
      {
        TableName: 'parked',
        IndexName: unsettledIndex.name,
        KeyConditionExpression: 'unsettled = :flow',
        ExpressionAttributeValues: { ':flow': { S: 'shop/orders' } },
        ExclusiveStartKey: undefined,
      },
      expect.objectContaining({ ExclusiveStartKey: Key }),
    ]);
  });

  it('are counted in the index, all pages together, but for those that only wait', async () => {
    const { table, sent } = aTable(pages({ Count: 7 }));

    expect(await table.countUnsettled('orders')).toBe(14);
    expect(sent[0]?.[1]).toMatchObject({
      IndexName: unsettledIndex.name,
      Select: 'COUNT',
      FilterExpression: '#status <> :waiting',
      ExpressionAttributeValues: { ':flow': { S: 'shop/orders' }, ':waiting': { S: 'waiting' } },
    });
  });

  it('of one key come out of the table itself, settled ones too, and none of their messages', async () => {
    const { table, sent } = aTable(pages({ Items: [item] }));

    const events = await table.ofKey('orders', 'p1');

    expect(events).toHaveLength(2);
    expect(events[0]).not.toHaveProperty('body');
    expect(sent[0]?.[1]).toMatchObject({
      KeyConditionExpression: 'pk = :flow',
      FilterExpression: 'subject = :subject',
      ConsistentRead: true,
      ProjectionExpression: expect.not.stringContaining('body'),
    });
  });
});
