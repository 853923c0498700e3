import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createTallyTable } from '../../../functions/aws/tally-table.ts';
import { answering, nowhere } from './fake-client.ts';

const nowMs = Date.parse('2026-11-20T08:00:00.900Z');

function aTable(answer: () => unknown) {
  const { client, sent } = answering(new DynamoDBClient(nowhere), answer);
  return { tallies: createTallyTable(client, 'state', 'salesforce-stripe', () => nowMs), sent };
}

describe('createTallyTable', () => {
  it('adds one in one atomic update, and answers the new counts', async () => {
    const { tallies, sent } = aTable(() => ({ Attributes: { attempts: { N: '3' }, deferrals: { N: '2' } } }));

    const tally = await tallies.add('["flow","evt_1","p1"]', 'attempts');

    expect(tally).toEqual({ attempts: 3, deferrals: 2 });
    expect(sent).toEqual([
      [
        'UpdateItemCommand',
        {
          TableName: 'state',
          Key: { pk: { S: 'tally:salesforce-stripe:["flow","evt_1","p1"]' } },
          UpdateExpression: 'ADD #counter :one SET expiresAt = :expiresAt',
          ExpressionAttributeNames: { '#counter': 'attempts' },
          ExpressionAttributeValues: {
            ':one': { N: '1' },
            ':expiresAt': { N: String(Math.floor(nowMs / 1000) + 15 * 86_400) },
          },
          ReturnValues: 'ALL_NEW',
        },
      ],
    ]);
  });

  it('takes a counter that was never touched for 0', async () => {
    const { tallies } = aTable(() => ({ Attributes: { deferrals: { N: '1' } } }));

    expect(await tallies.add('key', 'deferrals')).toEqual({ attempts: 0, deferrals: 1 });
  });

  it('fails when DynamoDB does', async () => {
    const { tallies } = aTable(() => {
      throw new Error('ProvisionedThroughputExceededException');
    });

    await expect(tallies.add('key', 'attempts')).rejects.toThrow('ProvisionedThroughputExceededException');
  });
});
