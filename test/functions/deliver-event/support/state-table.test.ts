import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { ownClock } from './clock.ts';
import { MemoryTable } from './state-table.ts';

describe('the model of the state table', () => {
  it('has the conditions that Powertools sends to DynamoDB, word for word', async () => {
    const clock = ownClock();
    const sent: { input: Record<string, unknown>; constructor: { name: string } }[] = [];
    const client = new DynamoDBClient({ region: 'eu-central-1' });
    client.send = async (command: (typeof sent)[number]) => void sent.push(command);
    const persistenceStore = new DynamoDBPersistenceLayer({
      tableName: 'state',
      keyAttr: 'pk',
      awsSdkV3Client: client,
    });
    const config = new IdempotencyConfig({ lambdaContext: { getRemainingTimeInMillis: () => 30_000 } as never });

    await makeIdempotent(async (_key: string) => 'done', { persistenceStore, config, keyPrefix: 'p' })('key');

    const [put, update] = sent;
    expect(sent.map((command) => command.constructor.name)).toEqual(['PutItemCommand', 'UpdateItemCommand']);
    expect(put?.input.ConditionExpression).toBe(
      'attribute_not_exists(#id) OR #expiry < :now OR ' +
        '(#status = :inprogress AND attribute_exists(#in_progress_expiry) AND #in_progress_expiry < :now_in_millis)',
    );
    expect(put?.input.ExpressionAttributeValues).toMatchObject({
      ':now': { N: String(clock.now() / 1000) },
      ':now_in_millis': { N: String(clock.now()) },
    });
    expect(put?.input.ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD');
    expect(update?.input.ConditionExpression).toBeUndefined();
  });
});

describe('the model of the state table: our own items', () => {
  it('replaces only over what was seen, and counts the generations', async () => {
    const table = new MemoryTable();

    const done = [
      await table.replace('k', 1, 'never there'),
      await table.replace('k', 'absent', 'first'),
      await table.replace('k', 'absent', 'again'),
      await table.replace('k', 1, 'second'),
      await table.replace('k', 1, 'late'),
    ];

    expect(done).toEqual([false, true, false, true, false]);
    expect(await table.get('k')).toEqual({ key: 'k', value: 'second', generation: 2 });
  });

  it('removes only the generation that was seen', async () => {
    const table = new MemoryTable();
    await table.replace('k', 'absent', 'first');

    await table.remove('k', 2);
    const kept = await table.get('k');
    await table.remove('k', 1);

    expect(kept).toMatchObject({ value: 'first' });
    expect(await table.get('k')).toBeUndefined();
  });

  it('puts whatever was there, and finds those that there are', async () => {
    const table = new MemoryTable();
    await table.replace('a', 'absent', 1);

    await table.put('a', { some: undefined, thing: null });
    await table.putMany(new Map([['b', 2]]), 60);

    expect(await table.getMany(['b', 'none', 'a'])).toEqual([
      { key: 'b', value: 2, generation: 0 },
      { key: 'a', value: { thing: null }, generation: 0 },
    ]);
  });

  it('does nothing that was refused before, and all whose answer was lost after', async () => {
    const table = new MemoryTable();
    const fail = () => {
      throw new Error('connection reset');
    };

    table.before.push(fail);
    await expect(table.put('a', 1)).rejects.toThrow('connection reset');
    table.before.pop();
    table.after.push(fail);
    await expect(table.put('b', 1)).rejects.toThrow('connection reset');

    expect([...table.rows.keys()]).toEqual(['b']);
  });

  it('forgets, when it is swept, what has expired', async () => {
    const clock = ownClock();
    const table = new MemoryTable();
    await table.put('short', 1, 60);
    await table.put('long', 1, 120);
    await table.put('forever', 1);

    table.sweep(clock.now() + 60_001);

    expect([...table.rows.keys()]).toEqual(['long', 'forever']);
  });
});
