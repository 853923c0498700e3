import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createDeliveryQueue } from '../../../functions/aws/delivery-queue.ts';
import { queueId } from '../../../functions/aws/queue-sender.ts';
import type { QueueRecord } from '../../../functions/contract/delivery.ts';
import { deadLetterAttributes } from '../../../functions/contract/names.ts';
import { answering, nowhere } from './fake-client.ts';

const queueUrl = 'https://sqs.test/flow.fifo';
const deadLetterQueueUrl = 'https://sqs.test/flow-dead-letters.fifo';

const aRecord = (differs: Partial<QueueRecord> = {}): QueueRecord => ({
  messageId: 'm1',
  receiptHandle: 'r1',
  groupId: 'g1',
  receiveCount: 1,
  sentMs: 0,
  body: '{"a": "é"}',
  ...differs,
});

const first = { eventId: 'evt_1', generation: 1 };

const aDeadLetter = {
  reason: 'attempts: 5 calls failed at stripe.update',
  category: 'transient',
  attempts: 5,
  lastErrorCode: 'timeout',
  correlationId: 'corr-1',
  firstSeen: '2026-11-20T08:00:00.000Z',
};

function aQueue(answer: () => unknown = () => ({})) {
  const { client, sent } = answering(new SQSClient(nowhere), answer);
  return { queue: createDeliveryQueue(client, 'to-ledger', queueUrl, deadLetterQueueUrl), sent };
}

describe('createDeliveryQueue', () => {
  it('hands back any number of messages in one call, all with the same wait', async () => {
    const { queue, sent } = aQueue();

    await queue.handBack([aRecord(), aRecord({ receiptHandle: 'r2' })], 7);

    expect(sent).toEqual([
      [
        'ChangeMessageVisibilityBatchCommand',
        {
          QueueUrl: queueUrl,
          Entries: [
            { Id: '0', ReceiptHandle: 'r1', VisibilityTimeout: 7 },
            { Id: '1', ReceiptHandle: 'r2', VisibilityTimeout: 7 },
          ],
        },
      ],
    ]);
  });

  it('tells when SQS refused some of them', async () => {
    const { queue } = aQueue(() => ({ Failed: [{ Id: '1', Code: 'ReceiptHandleIsInvalid', SenderFault: true }] }));

    const handedBack = queue.handBack([aRecord(), aRecord()], 7);

    await expect(handedBack).rejects.toThrow('SQS kept the visibility of 1 messages: ReceiptHandleIsInvalid');
  });

  it('deletes any number of messages in one call', async () => {
    const { queue, sent } = aQueue();

    await queue.settle([aRecord(), aRecord({ receiptHandle: 'r2' })]);

    expect(sent).toEqual([
      [
        'DeleteMessageBatchCommand',
        {
          QueueUrl: queueUrl,
          Entries: [
            { Id: '0', ReceiptHandle: 'r1' },
            { Id: '1', ReceiptHandle: 'r2' },
          ],
        },
      ],
    ]);
  });

  it('tells when SQS did not delete some of them', async () => {
    const { queue } = aQueue(() => ({ Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] }));

    const settled = queue.settle([aRecord()]);

    await expect(settled).rejects.toThrow('SQS did not delete 1 messages: InternalError');
  });

  it('sends a dead letter with the original body, in its group, with the attributes of the contract', async () => {
    const { queue, sent } = aQueue();

    await queue.sendDeadLetter(aRecord(), first, aDeadLetter);

    const [name, input] = sent[0] ?? ['', {}];
    expect(name).toBe('SendMessageCommand');
    expect(input).toMatchObject({ QueueUrl: deadLetterQueueUrl, MessageBody: '{"a": "é"}', MessageGroupId: 'g1' });
    expect(input.MessageAttributes).toEqual({
      reason: { DataType: 'String', StringValue: aDeadLetter.reason },
      category: { DataType: 'String', StringValue: 'transient' },
      attempts: { DataType: 'Number', StringValue: '5' },
      lastErrorCode: { DataType: 'String', StringValue: 'timeout' },
      correlationId: { DataType: 'String', StringValue: 'corr-1' },
      firstSeen: { DataType: 'String', StringValue: '2026-11-20T08:00:00.000Z' },
      generation: { DataType: 'Number', StringValue: '1' },
    });
    expect(Object.keys(input.MessageAttributes ?? {}).toSorted()).toEqual(deadLetterAttributes.toSorted());
  });

  it('sends an event once in each generation, whatever message it came in', async () => {
    const { queue, sent } = aQueue();

    await queue.sendDeadLetter(aRecord(), first, aDeadLetter);
    await queue.sendDeadLetter(aRecord({ messageId: 'm2', receiptHandle: 'r2' }), first, {
      ...aDeadLetter,
      attempts: 6,
    });
    await queue.sendDeadLetter(aRecord(), { ...first, generation: 2 }, aDeadLetter);
    await queue.sendDeadLetter(aRecord(), { ...first, eventId: 'evt_2' }, aDeadLetter);

    const ids = sent.map(([, input]) => input.MessageDeduplicationId);
    expect(ids[0]).toBe(queueId('to-ledger', 'evt_1', 'park', '1'));
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('fails when SQS does', async () => {
    const { queue } = aQueue(() => {
      throw new Error('AccessDenied');
    });

    await expect(queue.handBack([aRecord()], 1)).rejects.toThrow('AccessDenied');
    await expect(queue.settle([aRecord()])).rejects.toThrow('AccessDenied');
    await expect(queue.sendDeadLetter(aRecord(), first, aDeadLetter)).rejects.toThrow('AccessDenied');
  });
});
