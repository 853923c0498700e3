import { describe, expect, it } from 'vitest';
import type { SignedRequest } from '../../functions/contract/signature-scheme.ts';
import { allowSenders } from '../../functions/receive-webhook/allowed-sender.ts';
import type { WebhookSource } from '../../functions/specification/system.ts';
import { createReceiver, incomingOf } from '../functions/receive-webhook/receiver.ts';
import { customerEvent, fromStripe } from '../functions/receive-webhook/samples.ts';
import { shopLedger } from './support/fixture-integration.ts';
import { synthesise } from './support/synthesise.ts';

const allowedRanges = ['203.0.113.0/24'];
const [from, elsewhere] = ['203.0.113.9', '192.0.2.1'];

const authentic: SignedRequest = fromStripe(customerEvent());
const forged: SignedRequest = fromStripe(customerEvent(), { secret: 'wrong' });
const unsigned: SignedRequest = { ...authentic, headers: { 'content-type': 'application/json' } };

type Post = readonly [count: number, request: SignedRequest, sourceIp: string];

/** Whether a source's alarm is raised by what was posted within its five minutes: by the very metrics of the receiver. */
async function isRaised(webhook: Pick<WebhookSource, 'allowedRanges'>, posts: readonly Post[]): Promise<boolean> {
  const { post, counted } = createReceiver({ allowsSender: allowSenders(webhook.allowedRanges) });
  for (const [count, request, sourceIp] of posts) {
    for (let n = 0; n < count; n++) await post(incomingOf(request, sourceIp));
  }
  const { Threshold, Metrics } = alarmOf(webhook);
  const values = Metrics.flatMap(({ Id, MetricStat }) => {
    const count = counted.filter((metric) => metric === MetricStat?.Metric.MetricName).length;
    // What was never counted has no data.
    return MetricStat === undefined ? [] : [[Id, count === 0 ? undefined : count] as const];
  });
  return calculate(Metrics[0]?.Expression ?? '', Object.fromEntries(values)) > Threshold;
}

interface AlarmProperties {
  readonly Threshold: number;
  readonly Metrics: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: { readonly MetricName: string }; readonly Period: number };
  }[];
}

function alarmOf(webhook: Pick<WebhookSource, 'allowedRanges'>): AlarmProperties {
  const shop = shopLedger.systems.shop!;
  const systems = { ...shopLedger.systems, shop: { ...shop, webhook: { ...shop.webhook!, ...webhook } } };
  const { pipeline } = synthesise(undefined, [{ ...shopLedger, systems } as typeof shopLedger]);
  const alarms = Object.values(pipeline.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  const found = alarms.find(({ AlarmName }) => /-shop\/SignatureRejections$/.test(AlarmName));
  for (const { MetricStat } of found.Metrics) expect([300, undefined]).toContain(MetricStat?.Period);
  return found;
}

/** CloudWatch's own arithmetic, as far as it is used here: without data there is no result, and no alarm. */
function calculate(expression: string, values: Readonly<Record<string, number | undefined>>): number {
  const terms = { ...values, IF: (when: boolean, a: number, b: number) => (when ? a : b) };
  const fill = (value: number | undefined, other: number) => value ?? other;
  const run = new Function('FILL', ...Object.keys(terms), `return ${expression}`);
  const result = run(fill, ...Object.values(terms));
  return Number.isNaN(result) ? 0 : result;
}

describe.each([
  { title: 'a source that takes webhooks from anywhere', webhook: {} },
  { title: 'a source with ranges', webhook: { allowedRanges } },
])('SignatureRejections of $title', ({ webhook }) => {
  it.each<[string, readonly Post[]]>([
    ['nothing at all', []],
    ['only authentic webhooks', [[100, authentic, from]]],
    ['a scan of a quiet source', [[2000, unsigned, elsewhere]]],
    [
      'a scan beside authentic webhooks',
      [
        [50, authentic, from],
        [2000, unsigned, elsewhere],
      ],
    ],
    ['19 forgeries alone', [[19, forged, from]]],
    [
      '20 forgeries among so many that they are 5 %',
      [
        [380, authentic, from],
        [20, forged, from],
      ],
    ],
  ])('is not raised by %s', async (_, posts) => {
    expect(await isRaised(webhook, posts)).toBe(false);
  });

  it.each<[string, readonly Post[]]>([
    ['20 forgeries alone', [[20, forged, from]]],
    [
      'one forgery more than 5 %',
      [
        [380, authentic, from],
        [21, forged, from],
      ],
    ],
    [
      'forgeries that hide in a scan',
      [
        [100, authentic, from],
        [30, forged, from],
        [2000, unsigned, elsewhere],
      ],
    ],
  ])('is raised by %s', async (_, posts) => {
    expect(await isRaised(webhook, posts)).toBe(true);
  });
});

describe('SignatureRejections of a source whose sender moved to addresses that are not allowed', () => {
  it('is raised, though no signature was wrong', async () => {
    expect(await isRaised({ allowedRanges }, [[20, authentic, elsewhere]])).toBe(true);
  });

  it('is raised by refused addresses and wrong signatures together', async () => {
    const posts: Post[] = [
      [100, authentic, from],
      [10, forged, from],
      [10, authentic, elsewhere],
    ];

    expect(await isRaised({ allowedRanges }, posts)).toBe(true);
  });
});
