import { describe, expect, it } from 'vitest';
import { createFlowSender } from '../../../functions/aws/flow-sender.ts';
import { aMessage } from '../deliver-event/support/factories.ts';

describe('a sender to flows', () => {
  const sent: object[] = [];
  const call = async (_service: string, _operation: string, input: object) => {
    sent.push(input);
    return { MessageId: 'm1' };
  };
  const send = createFlowSender(call, { orders: 'https://sqs.test/orders.fifo' });

  it("sends to the flow's own queue, and answers the id that the message has there", async () => {
    expect(await send('orders', aMessage(), 'evt_1')).toBe('m1');
    expect(sent).toMatchObject([{ QueueUrl: 'https://sqs.test/orders.fifo' }]);
  });

  it('refuses a flow that it was not deployed with', () => {
    expect(() => send('refunds', aMessage(), 'evt_1')).toThrow('QUEUE_URLS lacks flow "refunds". Deploy the stack');
  });
});
