import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { createHandler } from '../../../functions/park-dead-letter/handler.ts';
import { aContext, awsEndpoint, capturedLog, sendMessageAnswer } from '../aws/aws-endpoint.ts';
import { aMessage } from '../deliver-event/support/factories.ts';

const environment = {
  POWERTOOLS_SERVICE_NAME: 'test/park-dead-letter',
  POWERTOOLS_METRICS_NAMESPACE: 'millrace-test',
  STATE_TABLE: 'state',
  PARKED_TABLE: 'parked',
  DATA_BUCKET: 'data',
  DEAD_LETTER_QUEUES: '{"orders-dead-letters.fifo":"orders"}',
  QUEUE_URLS: '{"orders":"https://sqs.test/orders.fifo"}',
};

const list = { events: [{ eventId: 'evt_1', generation: 2 }], halts: true, due: true };

/** The handler on an AWS that takes everything, and whose list says that evt_1 is due. */
async function aHandler(differs: Record<string, string> = {}) {
  const log = capturedLog();
  const stored: { Item?: unknown } = {};
  const calls = await awsEndpoint({
    'DynamoDB.PutItem': ({ Item }) => {
      stored.Item = Item;
      return {};
    },
    'DynamoDB.UpdateItem': () => ({}),
    'DynamoDB.GetItem': ({ TableName }) =>
      TableName === 'parked'
        ? stored
        : { Item: { pk: { S: 'k' }, value: { S: JSON.stringify(list) }, generation: { N: '3' } } },
    'SQS.SendMessage': sendMessageAnswer,
  });
  for (const [name, value] of Object.entries({ ...environment, ...differs })) vi.stubEnv(name, value);
  return { handler: createHandler({ integration: 'test' }), calls, log };
}

const attribute = (stringValue: string, dataType = 'String') => ({ stringValue, dataType });

/** A record as Lambda hands it over. */
function aRecord(differs: Partial<SQSRecord> = {}): SQSRecord {
  return {
    messageId: 'm1',
    body: JSON.stringify(aMessage({ id: 'evt_1', subject: 'p1' })),
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:orders-dead-letters.fifo',
    attributes: { MessageGroupId: 'g1', SentTimestamp: '1700000000000' },
    messageAttributes: {
      reason: attribute('stands behind a parked event of its key'),
      category: attribute('halted'),
      attempts: attribute('0', 'Number'),
      lastErrorCode: attribute('halted'),
      correlationId: attribute('corr-1'),
      firstSeen: attribute('2026-11-20T08:00:00.000Z'),
      generation: attribute('2', 'Number'),
    },
    ...differs,
  } as SQSRecord;
}

const anEvent = (...Records: SQSRecord[]): SQSEvent => ({ Records });

describe('park-dead-letter: the handler', () => {
  it('parks what its queue says it is of, looks at the list, and releases what is due', async () => {
    const { handler, calls, log } = await aHandler();

    const answer = await handler(anEvent(aRecord()), aContext);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(calls.map(({ action, input }) => `${action} ${input.TableName ?? input.QueueUrl}`)).toEqual([
      'DynamoDB.PutItem parked',
      'DynamoDB.GetItem state',
      'DynamoDB.GetItem parked',
      'DynamoDB.GetItem state',
      'DynamoDB.UpdateItem parked',
      'SQS.SendMessage https://sqs.test/orders.fifo',
    ]);
    expect(calls[0]?.input.Item).toMatchObject({
      pk: { S: 'test/orders' },
      sk: { S: 'evt_1' },
      status: { S: 'waiting' },
      generation: { N: '2' },
      parkedMs: { N: '1700000000000' },
      letter: { M: { attempts: { N: '0' }, category: { S: 'halted' } } },
    });
    const sent = calls.at(-1)?.input;
    expect(sent).toMatchObject({ MessageGroupId: 'g1' });
    expect(JSON.parse(String(sent?.MessageBody))).toMatchObject({ id: 'evt_1', releasedgeneration: 2 });
    expect(log.join('\n')).toContain('"DeadLetterParked"');
  });

  it('takes what has no attributes for what SQS itself moved there', async () => {
    const { handler, calls } = await aHandler();

    await handler(anEvent(aRecord({ messageAttributes: {} })), aContext);

    expect(calls.map(({ action }) => action)).toEqual(['DynamoDB.PutItem']);
    expect(calls[0]?.input.Item).toMatchObject({
      generation: { N: '1' },
      letter: { M: { lastErrorCode: { S: 'received-too-often' } } },
    });
  });

  it('takes nothing of a queue that it does not know: the batch comes back', async () => {
    const { handler, calls } = await aHandler();

    const handled = handler(anEvent(aRecord({ eventSourceARN: 'arn:aws:sqs:eu-central-1:0:other.fifo' })), aContext);

    await expect(handled).rejects.toThrow('DEAD_LETTER_QUEUES lacks the queue "other.fifo"');
    expect(calls).toEqual([]);
  });

  it.each(['STATE_TABLE', 'PARKED_TABLE', 'DEAD_LETTER_QUEUES', 'QUEUE_URLS'])(
    'does not start without %s',
    async (name) => {
      await expect(aHandler({ [name]: '' })).rejects.toThrow(name);
    },
  );
});
