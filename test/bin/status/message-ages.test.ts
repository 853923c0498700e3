import { CloudWatchClient, type GetMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { createMessageAges } from '../../../bin/status/message-ages.ts';
import { answering, nowhere } from '../../functions/aws/fake-client.ts';

const nowMs = Date.parse('2026-11-20T08:00:30.900Z');

/** A CloudWatch that tells these ages, newest first. */
function aCloudWatch(agesOf: (queueName: string) => readonly number[]) {
  const { client, sent } = answering(new CloudWatchClient(nowhere), (_, input) => {
    const { MetricDataQueries = [] } = input as unknown as GetMetricDataInput;
    const nameOf = (index: number) => MetricDataQueries[index]?.MetricStat?.Metric?.Dimensions?.[0]?.Value ?? '';
    return { MetricDataResults: MetricDataQueries.map(({ Id }, index) => ({ Id, Values: agesOf(nameOf(index)) })) };
  });
  return { ages: createMessageAges(client, () => nowMs), sent };
}

it('asks for the newest age of each queue in the last five minutes', async () => {
  const { ages, sent } = aCloudWatch((name) => (name === 'b.fifo' ? [] : [42, 7]));

  expect(await ages(['a.fifo', 'b.fifo'])).toEqual(new Map([['a.fifo', 42]]));

  const Metric = { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage' };
  expect(sent).toMatchObject([
    [
      'GetMetricDataCommand',
      {
        StartTime: new Date('2026-11-20T07:55:30Z'),
        EndTime: new Date('2026-11-20T08:00:30Z'),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [{ MetricStat: { Metric, Period: 60, Stat: 'Maximum' } }, {}],
      },
    ],
  ]);
});

it('asks for no more queues at once than AWS takes', async () => {
  const names = Array.from({ length: 501 }, (_, index) => `${index}.fifo`);
  const { ages, sent } = aCloudWatch((name) => [Number.parseInt(name, 10)]);

  const found = await ages(names);

  expect(sent).toHaveLength(2);
  expect([found.get('0.fifo'), found.get('500.fifo')]).toEqual([0, 500]);
});
