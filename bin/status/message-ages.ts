import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import * as v from 'valibot';

/** Ages of the oldest messages in seconds, by the queue's name; of one that nothing is told of there is none. */
export type MessageAges = (queueNames: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** SQS reports once a minute, and a little late. */
const periodSeconds = 60;
const lookBackSeconds = 5 * 60;

/** Queues that one call may ask for. */
const mostQueries = 500;

const callLimitMs = 10_000;

const answerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ MetricDataResults: v.array(v.object({ Id: v.string(), Values: v.optional(v.array(v.number()), []) })) }),
);
const refusalSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ __type: v.string(), message: v.optional(v.string()), Message: v.optional(v.string()) }),
);

type Results = v.InferOutput<typeof answerSchema>['MetricDataResults'];

/**
 * Asks CloudWatch, since SQS itself tells no age. It is one call of one action: the signer of the SQS client makes it,
 * and no client of CloudWatch is needed.
 */
export function createMessageAges(options: SQSClientConfig, now: () => number): MessageAges {
  const { config } = new SQSClient(options);

  async function ask(queueNames: readonly string[]): Promise<Results> {
    const signingRegion = await config.region();
    const { hostname, protocol, port, host, href } = endpointIn(signingRegion);
    const headers = {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
    };
    const end = Math.floor(now() / 1000);
    const body = JSON.stringify({
      MetricDataQueries: queueNames.map(queryOf),
      StartTime: end - lookBackSeconds,
      EndTime: end,
      ScanBy: 'TimestampDescending',
    });
    const signer = await config.signer({ name: 'sigv4', signingName: 'monitoring', signingRegion, properties: {} });
    const at = { protocol, hostname, ...(port === '' ? {} : { port: Number(port) }) };
    const signed = await signer.sign({ ...at, method: 'POST', path: '/', query: {}, headers, body });
    const { host: _, ...sent } = signed.headers;
    const signal = AbortSignal.timeout(callLimitMs);
    const answer = await fetch(href, { method: 'POST', headers: sent, body, signal });
    const text = await answer.text();
    if (!answer.ok) throw refusal(text);
    return v.parse(answerSchema, text).MetricDataResults;
  }

  return async (queueNames) => {
    const ages = new Map<string, number>();
    for (let first = 0; first < queueNames.length; first += mostQueries) {
      const names = queueNames.slice(first, first + mostQueries);
      for (const { Id, Values } of await ask(names)) {
        const [name, newest] = [names[Number(Id.slice(1))], Values[0]];
        if (name !== undefined && newest !== undefined) ages.set(name, newest);
      }
    }
    return ages;
  };
}

function endpointIn(region: string): URL {
  const given = process.env.AWS_ENDPOINT_URL_CLOUDWATCH || process.env.AWS_ENDPOINT_URL;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(given || `https://monitoring.${region}.${suffix}`);
}

function queryOf(queueName: string, index: number) {
  const Dimensions = [{ Name: 'QueueName', Value: queueName }];
  const Metric = { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage', Dimensions };
  return { Id: `q${index}`, MetricStat: { Metric, Period: periodSeconds, Stat: 'Maximum' } };
}

/** As the SDK's own clients throw it: named by what was answered. */
function refusal(text: string): Error {
  const told = v.safeParse(refusalSchema, text);
  const { __type = 'UnreadableAnswer', message = 'CloudWatch answered something unreadable' } = told.success
    ? { ...told.output, message: told.output.message ?? told.output.Message }
    : {};
  const error = new Error(message);
  error.name = __type.replace(/^.*#/, '');
  return Object.assign(error, { $metadata: {}, $fault: 'client' });
}
