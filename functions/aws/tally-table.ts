import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { TallyStore } from '../contract/delivery.ts';

/** Longer than SQS keeps the message (14 days). */
const keptSeconds = 15 * 24 * 60 * 60;

/** Counts failures in the state table, one item an event: `tally:<integration>:<event key>`. */
export function createTallyTable(
  client: DynamoDBClient,
  tableName: string,
  integration: string,
  now: () => number,
): TallyStore {
  return {
    async add(key, counter) {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: `tally:${integration}:${key}` } },
          UpdateExpression: 'ADD #counter :one SET expiresAt = :expiresAt',
          ExpressionAttributeNames: { '#counter': counter },
          ExpressionAttributeValues: {
            ':one': { N: '1' },
            ':expiresAt': { N: String(Math.floor(now() / 1000) + keptSeconds) },
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { attempts: Number(Attributes.attempts?.N ?? 0), deferrals: Number(Attributes.deferrals?.N ?? 0) };
    },
  };
}
