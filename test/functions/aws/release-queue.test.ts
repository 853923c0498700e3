import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { queueId } from '../../../functions/aws/queue-sender.ts';
import { createReleaseQueue } from '../../../functions/aws/release-queue.ts';
import { parseMessage } from '../../../functions/contract/message.ts';
import { aMessage } from '../deliver-event/support/factories.ts';
import { answering, nowhere } from './fake-client.ts';

const event = { flow: 'orders', eventId: 'evt_1', generation: 2, groupId: 'g1' };
const message = aMessage({ id: 'evt_1', data: { id: 'p1', name: 'Ada \uFFFE é' }, invalidreason: 'invalid event: id' });

function aQueue(answer: () => unknown = () => ({})) {
  const { client, sent } = answering(new SQSClient(nowhere), answer);
  return { releases: createReleaseQueue(client, { orders: 'https://sqs.test/orders.fifo' }), sent };
}

describe('createReleaseQueue', () => {
  it('sends the message as it was, marked with its generation, in its group, into the queue of its flow', async () => {
    const { releases, sent } = aQueue();

    await releases.release(event, JSON.stringify(message));

    const [name, input] = sent[0] ?? ['', {}];
    expect(name).toBe('SendMessageCommand');
    expect(input).toMatchObject({
      QueueUrl: 'https://sqs.test/orders.fifo',
      MessageGroupId: 'g1',
      MessageDeduplicationId: queueId('orders', 'evt_1', 'release', '2'),
    });
    expect(parseMessage(String(input.MessageBody))).toEqual({ ...message, releasedgeneration: 2 });
    expect(input.MessageBody).not.toContain('\uFFFE');
  });

  it('marks one that was released before with the generation that it is released from now', async () => {
    const { releases, sent } = aQueue();

    await releases.release({ ...event, generation: 3 }, JSON.stringify({ ...message, releasedgeneration: 2 }));

    expect(parseMessage(String(sent[0]?.[1].MessageBody))?.releasedgeneration).toBe(3);
    expect(sent[0]?.[1].MessageDeduplicationId).toBe(queueId('orders', 'evt_1', 'release', '3'));
  });

  it('sends nothing of a flow that it does not know, and nothing that is no message', async () => {
    const { releases, sent } = aQueue();

    await expect(releases.release({ ...event, flow: 'refunds' }, JSON.stringify(message))).rejects.toThrow("'refunds'");
    await expect(releases.release(event, 'hello')).rejects.toThrow('evt_1 is no message of this version');
    expect(sent).toEqual([]);
  });

  it('fails when SQS does', async () => {
    const { releases } = aQueue(() => {
      throw new Error('AccessDenied');
    });

    await expect(releases.release(event, JSON.stringify(message))).rejects.toThrow('AccessDenied');
  });
});
