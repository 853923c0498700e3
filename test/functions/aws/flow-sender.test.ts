import { describe, expect, it } from 'vitest';
import { createFlowSender } from '../../../functions/aws/flow-sender.ts';
import { aMessage } from '../deliver-event/support/factories.ts';

describe('a sender to flows', () => {
  const sent: object[] = [];
  const call = async (_service: string, _operation: string, input: object) => {
    sent.push(input);
    return { MessageId: 'm1' };
  };
  const stored: string[] = [];
  const largeDataIn = (bucket: string) => ({
    put: async ({ key }: { readonly key: string }) => void stored.push(`${bucket}/${key}`),
  });
  const urls = { orders: 'https://sqs.test/orders.fifo' };
  const send = createFlowSender({ aws: { call, largeDataIn }, integration: 'shop', urls, bucket: 'data' });

  it("sends to the flow's own queue, and answers the id that the message has there", async () => {
    expect(await send('orders', aMessage(), 'evt_1')).toBe('m1');
    expect(sent).toMatchObject([{ QueueUrl: 'https://sqs.test/orders.fifo' }]);
  });

  it('puts the data of a large message into the bucket first, and sends where it is', async () => {
    const data = { note: 'x'.repeat(300_000) };

    await send('orders', { ...aMessage(), data }, 'evt_1');

    expect(stored).toEqual([expect.stringMatching(/^data\/events\/shop\/orders\/[0-9a-f]{64}\/[0-9a-f]{64}$/)]);
    const { MessageBody } = sent.at(-1) as { readonly MessageBody: string };
    expect(JSON.parse(MessageBody)).toMatchObject({ dataref: stored[0]?.slice('data/'.length) });
    expect(MessageBody.length).toBeLessThan(2_000);
  });

  it('refuses a flow that it was not deployed with, and stores nothing', async () => {
    const sentToNobody = send('refunds', aMessage(), 'evt_1');

    await expect(sentToNobody).rejects.toThrow('QUEUE_URLS lacks flow "refunds". Deploy the stack');
  });
});
