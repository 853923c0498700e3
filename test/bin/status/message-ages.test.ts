import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createMessageAges } from '../../../bin/status/message-ages.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none', sessionToken: 'token' };
const nowMs = Date.parse('2026-11-20T08:00:30.000Z');

interface Query {
  readonly Id: string;
  readonly MetricStat: { readonly Metric: { readonly Dimensions: readonly { readonly Value: string }[] } };
}

/** A CloudWatch on loopback. */
async function aCloudWatch(answer: (queries: readonly Query[]) => readonly [status: number, body: object]) {
  const asked: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const body = JSON.parse(text);
      asked.push({ headers: request.headers, body });
      const [status, answered] = answer(body.MetricDataQueries);
      response.writeHead(status).end(JSON.stringify(answered));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });
  const { port } = server.address() as { port: number };
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  const ages = createMessageAges({ region: 'eu-central-1', credentials }, () => nowMs);
  return { ages, asked };
}

const nameOf = ({ MetricStat }: Query) => MetricStat.Metric.Dimensions[0]?.Value;

it('asks for the newest age of each queue, signed by whoever asks', async () => {
  const { ages, asked } = await aCloudWatch((queries) => [
    200,
    { MetricDataResults: queries.map((each) => ({ Id: each.Id, Values: nameOf(each) === 'b.fifo' ? [] : [42, 7] })) },
  ]);

  expect(await ages(['a.fifo', 'b.fifo'])).toEqual(new Map([['a.fifo', 42]]));

  expect(asked).toHaveLength(1);
  expect(asked[0]?.headers).toMatchObject({
    'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
    'x-amz-security-token': 'token',
    authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/monitoring\//),
  });
  const seconds = nowMs / 1000;
  expect(asked[0]?.body).toMatchObject({ StartTime: seconds - 300, EndTime: seconds, ScanBy: 'TimestampDescending' });
  expect(asked[0]?.body.MetricDataQueries).toMatchObject([
    { MetricStat: { Metric: { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage' }, Stat: 'Maximum' } },
    {},
  ]);
});

it('asks for no more queues at once than AWS takes', async () => {
  const names = Array.from({ length: 501 }, (_, index) => `${index}.fifo`);
  const { ages, asked } = await aCloudWatch((queries) => [
    200,
    { MetricDataResults: queries.map((each) => ({ Id: each.Id, Values: [Number.parseInt(nameOf(each)!, 10)] })) },
  ]);

  const found = await ages(names);

  expect(asked).toHaveLength(2);
  expect([found.get('0.fifo'), found.get('500.fifo')]).toEqual([0, 500]);
});

it('tells a refusal as the SDK does: by the name of the error, and the action', async () => {
  const message = 'User: ada is not authorized to perform: cloudwatch:GetMetricData';
  const { ages } = await aCloudWatch(() => [400, { __type: 'com.amazon#AccessDeniedException', message }]);

  await expect(ages(['a.fifo'])).rejects.toMatchObject({ name: 'AccessDeniedException', message });
});
