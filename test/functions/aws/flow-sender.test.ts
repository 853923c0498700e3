import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createFlowSender } from '../../../functions/aws/flow-sender.ts';
import { aMessage } from '../deliver-event/support/factories.ts';
import { answering, nowhere } from './fake-client.ts';

describe('a sender to flows', () => {
  const { client, sent } = answering(new SQSClient(nowhere), () => ({ MessageId: 'm1' }));
  const send = createFlowSender(client, { orders: 'https://sqs.test/orders.fifo' });

  it("sends to the flow's own queue, and answers the id that the message has there", async () => {
    expect(await send('orders', aMessage(), 'evt_1')).toBe('m1');
    expect(sent[0]?.[1].QueueUrl).toBe('https://sqs.test/orders.fifo');
  });

  it('refuses a flow that it was not deployed with', () => {
    expect(() => send('refunds', aMessage(), 'evt_1')).toThrow('QUEUE_URLS lacks flow "refunds". Deploy the stack');
  });
});
