import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createStateTable } from '../../../functions/aws/dynamo-state-table.ts';
import { answering, nowhere, type SentCommand } from './fake-client.ts';

const nowMs = Date.parse('2026-11-20T08:00:00.900Z');
const nowSeconds = String(Date.parse('2026-11-20T08:00:00Z') / 1000);

function aTable(answer: (...sent: SentCommand) => unknown = () => ({})) {
  const { client, sent } = answering(new DynamoDBClient(nowhere), answer);
  return { table: createStateTable(client, 'state', () => nowMs), sent };
}

const anItem = (pk: string, value: string, generation = 0) => ({
  pk: { S: pk },
  value: { S: value },
  generation: { N: String(generation) },
});

const refused = () => {
  throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
};
const throttled = () => {
  throw Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
};

describe('createStateTable: one item', () => {
  it('is read strongly consistent', async () => {
    const { table, sent } = aTable(() => ({ Item: anItem('breaker:x:stripe', '{"state":"closed"}', 7) }));

    const item = await table.get('breaker:x:stripe');

    expect(item).toEqual({ key: 'breaker:x:stripe', value: { state: 'closed' }, generation: 7 });
    expect(sent).toEqual([
      ['GetItemCommand', { TableName: 'state', Key: { pk: { S: 'breaker:x:stripe' } }, ConsistentRead: true }],
    ]);
  });

  it('is undefined where there is none', async () => {
    const { table } = aTable();

    expect(await table.get('none')).toBeUndefined();
  });

  it('is put with an expiry in whole seconds, or for ever', async () => {
    const { table, sent } = aTable();

    await table.put('k', { a: undefined, b: [1] }, 60);
    await table.put('k', null);

    expect(sent).toEqual([
      [
        'PutItemCommand',
        {
          TableName: 'state',
          Item: { ...anItem('k', '{"b":[1]}'), expiresAt: { N: String(Number(nowSeconds) + 60) } },
        },
      ],
      ['PutItemCommand', { TableName: 'state', Item: anItem('k', 'null') }],
    ]);
  });

  it.each([
    ['absent', { ConditionExpression: 'attribute_not_exists(pk)' }, 1],
    [4, { ConditionExpression: 'generation = :seen', ExpressionAttributeValues: { ':seen': { N: '4' } } }, 5],
  ] as const)('is replaced if it is %s, and its generation is counted', async (expected, condition, generation) => {
    const { table, sent } = aTable();

    const replaced = await table.replace('k', expected, 'v');

    expect(replaced).toBe(true);
    expect(sent).toEqual([
      ['PutItemCommand', { TableName: 'state', Item: anItem('k', '"v"', generation), ...condition }],
    ]);
  });

  it('is not replaced where it is not as expected', async () => {
    const { table } = aTable(refused);

    expect([await table.replace('k', 'absent', 'v'), await table.replace('k', 4, 'v')]).toEqual([false, false]);
  });

  it('is removed if it is of that generation, and left alone otherwise', async () => {
    const { table, sent } = aTable();
    const changed = aTable(refused);

    await table.remove('k', 4);
    await changed.table.remove('k', 4);

    expect(sent).toEqual([
      [
        'DeleteItemCommand',
        {
          TableName: 'state',
          Key: { pk: { S: 'k' } },
          ConditionExpression: 'generation = :seen',
          ExpressionAttributeValues: { ':seen': { N: '4' } },
        },
      ],
    ]);
  });
});

describe('createStateTable: many items', () => {
  it('are read in one call, strongly consistent', async () => {
    const { table, sent } = aTable(() => ({ Responses: { state: [anItem('b', '2'), anItem('a', '1', 3)] } }));

    const items = await table.getMany(['a', 'b', 'none']);

    expect(items).toEqual([
      { key: 'b', value: 2, generation: 0 },
      { key: 'a', value: 1, generation: 3 },
    ]);
    const Keys = ['a', 'b', 'none'].map((key) => ({ pk: { S: key } }));
    expect(sent).toEqual([['BatchGetItemCommand', { RequestItems: { state: { Keys, ConsistentRead: true } } }]]);
  });

  it('are asked for again where DynamoDB did not get to them', async () => {
    const answers = [
      {
        Responses: { state: [anItem('a', '1')] },
        UnprocessedKeys: { state: { Keys: [{ pk: { S: 'b' } }], ConsistentRead: true } },
      },
      { Responses: { state: [anItem('b', '2')] }, UnprocessedKeys: {} },
    ];
    const { table, sent } = aTable(() => answers[sent.length - 1]);

    const items = await table.getMany(['a', 'b']);

    expect(items.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(sent[1]?.[1]).toEqual({ RequestItems: { state: { Keys: [{ pk: { S: 'b' } }], ConsistentRead: true } } });
  });

  it('are written in one call', async () => {
    const { table, sent } = aTable();

    await table.putMany(
      new Map<string, unknown>([
        ['a', 1],
        ['b', { c: undefined }],
      ]),
      60,
    );

    const expiresAt = { N: String(Number(nowSeconds) + 60) };
    const puts = [anItem('a', '1'), anItem('b', '{}')].map((Item) => ({
      PutRequest: { Item: { ...Item, expiresAt } },
    }));
    expect(sent).toEqual([['BatchWriteItemCommand', { RequestItems: { state: puts } }]]);
  });

  it('are written again where DynamoDB did not get to them', async () => {
    const Item = { ...anItem('b', '2'), expiresAt: { N: nowSeconds } };
    const answers = [{ UnprocessedItems: { state: [{ PutRequest: { Item } }] } }, { UnprocessedItems: {} }];
    const { table, sent } = aTable(() => answers[sent.length - 1]);

    await table.putMany(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      0,
    );

    expect(sent).toHaveLength(2);
    expect(sent[1]?.[1]).toEqual({ RequestItems: { state: [{ PutRequest: { Item } }] } });
  });

  it('may be any number: each batch has tries of its own', async () => {
    const { table, sent } = aTable();

    await table.putMany(new Map(Array.from({ length: 130 }, (_, index) => [`k${index}`, index])), 60);

    const batches = sent.map(([, { RequestItems }]) => (RequestItems as { state: unknown[] }).state.length);
    expect(batches).toEqual([25, 25, 25, 25, 25, 5]);
  });

  it('are none: nothing is asked', async () => {
    const { table, sent } = aTable();

    await table.getMany([]);
    await table.putMany(new Map(), 60);

    expect(sent).toEqual([]);
  });

  it('fail after the fifth call that left some', async () => {
    const keys = { UnprocessedKeys: { state: { Keys: [{ pk: { S: 'a' } }] } } };
    const items = { UnprocessedItems: { state: [{ PutRequest: { Item: anItem('a', '1') } }] } };
    const [reading, writing] = [aTable(() => keys), aTable(() => items)];

    await expect(reading.table.getMany(['a'])).rejects.toThrow('DynamoDB left 1 items unread. Hand the work back.');
    await expect(writing.table.putMany(new Map([['a', 1]]), 60)).rejects.toThrow('DynamoDB left 1 items unwritten');
    expect([reading.sent.length, writing.sent.length]).toEqual([5, 5]);
  });
});

it.each([
  ['get', (table: ReturnType<typeof createStateTable>) => table.get('k')],
  ['getMany', (table) => table.getMany(['k'])],
  ['put', (table) => table.put('k', 1)],
  ['putMany', (table) => table.putMany(new Map([['k', 1]]), 60)],
  ['replace', (table) => table.replace('k', 1, 1)],
  ['remove', (table) => table.remove('k', 1)],
] satisfies [string, (table: ReturnType<typeof createStateTable>) => Promise<unknown>][])(
  'createStateTable: %s fails when DynamoDB does',
  async (_name, call) => {
    const { table } = aTable(throttled);

    await expect(call(table)).rejects.toThrow('slow down');
  },
);
