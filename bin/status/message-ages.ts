import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';

/** Ages of the oldest messages in seconds, by the queue's name; of one that nothing is told of there is none. */
export type MessageAges = (queueNames: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** SQS reports once a minute, and a little late. */
const periodSeconds = 60;
const lookBackMs = 5 * 60 * 1000;

/** Queues that one call may ask for. */
const mostQueries = 500;

/** Asks CloudWatch, since SQS itself tells no age. */
export function createMessageAges(client: CloudWatchClient, now: () => number): MessageAges {
  return async (queueNames) => {
    const ages = new Map<string, number>();
    const until = Math.floor(now() / 1000) * 1000;
    for (let first = 0; first < queueNames.length; first += mostQueries) {
      const names = queueNames.slice(first, first + mostQueries);
      const { MetricDataResults = [] } = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: names.map(queryOf),
          StartTime: new Date(until - lookBackMs),
          EndTime: new Date(until),
          ScanBy: 'TimestampDescending',
        }),
      );
      for (const { Id = '', Values = [] } of MetricDataResults) {
        const [name, newest] = [names[Number(Id.slice(1))], Values[0]];
        if (name !== undefined && newest !== undefined) ages.set(name, newest);
      }
    }
    return ages;
  };
}

function queryOf(queueName: string, index: number) {
  const Dimensions = [{ Name: 'QueueName', Value: queueName }];
  const Metric = { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage', Dimensions };
  return { Id: `q${index}`, MetricStat: { Metric, Period: periodSeconds, Stat: 'Maximum' } };
}
