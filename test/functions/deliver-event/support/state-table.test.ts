import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { ownClock } from './clock.ts';

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
