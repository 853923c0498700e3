import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { createFlowQueues } from '../../../bin/status/flow-queues.ts';
import { answering, nowhere } from '../../functions/aws/fake-client.ts';

const [orders, refunds] = ['orders', 'refunds'].map((name) => ({ integration: 'shop', kind: 'flow', name }) as const);
const output = (name: string) => `https://sqs.test/1/millrace-dev-${name}.fifo`;

it('looks into a queue and its dead letters, and takes nothing out', async () => {
  const { client, sent } = answering(new SQSClient(nowhere), (_, { QueueUrl }) => ({
    Attributes: String(QueueUrl).includes('DeadLetters')
      ? { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' }
      : { ApproximateNumberOfMessages: '12', ApproximateNumberOfMessagesNotVisible: '3' },
  }));
  const queues = createFlowQueues(client, async () => new Map(), output);

  const depths = await queues.depthsOf(orders!);

  expect(depths).toEqual({ queue: { visible: 12, inFlight: 3 }, deadLetters: { visible: 0, inFlight: 1 } });
  expect(sent.map(([name, { QueueUrl }]) => [name, QueueUrl])).toEqual([
    ['GetQueueAttributesCommand', output('QueueUrlShopOrders')],
    ['GetQueueAttributesCommand', output('DeadLettersUrlShopOrders')],
  ]);
});

it('tells ages by flow, of those that have one', async () => {
  const asked: string[] = [];
  const ages = async (names: readonly string[]) => {
    asked.push(...names);
    return new Map([['millrace-dev-QueueUrlShopRefunds.fifo', 42]]);
  };
  const queues = createFlowQueues(new SQSClient(nowhere), ages, output);

  expect(await queues.agesOf([orders!, refunds!])).toEqual(new Map([[refunds, 42]]));
  expect(asked).toHaveLength(2);
});
