import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { symptoms } from '../../lib/alarms/symptom-alarm.ts';
import { bridged } from './support/bridged.ts';
import { flatten } from './support/policies.ts';
import { synthesise } from './support/synthesise.ts';

const { pipeline } = synthesise();

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly TreatMissingData?: string;
  readonly AlarmActions: readonly unknown[];
  readonly Metrics?: readonly {
    readonly MetricStat?: { Metric: { MetricName: string; Dimensions: unknown }; Period: number; Stat: string };
  }[];
}
const alarms: Alarm[] = Object.values(pipeline.findResources('AWS::CloudWatch::Alarm')).map((a) => a.Properties);
const symptomOf = (alarm: Alarm) => alarm.AlarmName.split('/').at(-1);
const withSymptom = (symptom: string) => alarms.filter((alarm) => symptomOf(alarm) === symptom);

describe('every alarm', () => {
  it('is named for the stage, what shows the symptom, and the symptom', () => {
    expect(new Set(alarms.map((alarm) => alarm.AlarmName)).size).toBe(37);
    for (const { AlarmName } of alarms) {
      expect(AlarmName).toMatch(
        /^millrace-dev\/(WebhookReceiver|TokenRefresh|EventDelivery|DeadLetterParking|SecretRotation|WebhookSecretRotation|HealthWatch)-shop-ledger-[a-z-]+\/[A-Za-z]+$/,
      );
    }
  });

  it('says what happened, who is hurt, where to read on and where to look', () => {
    for (const alarm of alarms) {
      const text = alarm.AlarmDescription;
      expect(text).toContain(`Runbook: docs/runbook.md#${symptomOf(alarm)?.toLowerCase()} `);
      expect(text).toMatch(/Function: millrace-dev-shop-ledger-[a-z-]+\. /);
      expect(text.includes(' Queue: '), text).toBe(
        !/\/(TokenRefresh|SecretRotation|WebhookSecretRotation|HealthWatch)-/.test(alarm.AlarmName),
      );
      expect(text.split(/\. /).length).toBeGreaterThan(3);
      expect(text.length).toBeLessThan(1024);
    }
  });

  it('says how it takes missing data, and why', () => {
    const ways: Record<string, string> = {
      QuietSource: 'breaching',
      QuietWatch: 'breaching',
      FlowHeld: 'ignore',
      ParkedEvents: 'ignore',
      BreakerOpen: 'ignore',
      DailyBudget: 'ignore',
      AuthRefused: 'ignore',
      TokenAge: 'ignore',
    };
    for (const alarm of alarms) {
      expect(alarm.TreatMissingData).toBe(ways[symptomOf(alarm) ?? ''] ?? 'notBreaching');
      expect(alarm.AlarmDescription).toMatch(/Without data: .{20,}\.$/);
    }
  });

  it('reaches the people of its level, and only them', () => {
    const critical = [
      ...['EndedSecretUsed', 'ReceiveErrors', 'StuckMessages', 'DeliveryErrors', 'ParkedEvents'],
      ...['FlowHeld', 'BreakerOpen', 'AuthRefused', 'TokenAge', 'AgingDeadLetters'],
    ];
    for (const alarm of alarms) {
      const topic = critical.includes(symptomOf(alarm) ?? '') ? 'critical' : 'warning';
      expect(alarm.AlarmActions.map(flatten)).toEqual([expect.stringContaining(`AlarmTopics${topic}`)]);
    }
  });

  it('watches metrics that the handlers emit, under the labels they emit them with', () => {
    const text = JSON.stringify(alarms);
    const ours = [...text.matchAll(/"(?:MetricName)":"([A-Za-z]+)","Namespace":"millrace-dev"/g)].map(
      ([, name]) => name,
    );

    expect(ours.length).toBeGreaterThan(10);
    for (const name of ours) expect(Object.values(metricNames)).toContain(name);
  });
});

describe('the thresholds', () => {
  const simple = [
    ['OversizedWebhooks', { Threshold: 0, MetricName: 'WebhookTooLarge', Period: 300 }],
    ['EndedSecretUsed', { Threshold: 0, MetricName: 'EndedSecretUsed', Period: 300 }],
    ['QueueDepth', { Threshold: 10_000, MetricName: 'ApproximateNumberOfMessagesVisible' }],
    ['WaitingMessages', { Threshold: 30, MetricName: 'ApproximateAgeOfOldestMessage', Statistic: 'Maximum' }],
    ['StuckMessages', { Threshold: 300, MetricName: 'ApproximateAgeOfOldestMessage', Statistic: 'Maximum' }],
    ['SlowDelivery', { Threshold: 2000, MetricName: 'DeliveryLatency', ExtendedStatistic: 'p99' }],
    ['FlowHeld', { Threshold: 0, MetricName: 'FlowOnHold', Statistic: 'Maximum', Period: 60 }],
    ['AuthRefused', { Threshold: 0, MetricName: 'AuthBreakerOpen', Statistic: 'Maximum', Period: 60 }],
    ['LateEvents', { Threshold: 0, MetricName: 'EventLate', Statistic: 'Sum', Period: 300 }],
    ['ParkedEvents', { Threshold: 0, MetricName: 'ParkedEvents', Statistic: 'Maximum', Period: 60 }],
  ] as const;
  it.each(simple)('%s', (symptom, expected) => {
    expect(withSymptom(symptom)).toHaveLength(2);
    for (const alarm of withSymptom(symptom)) {
      expect(alarm).toMatchObject({ ...expected, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 });
    }
  });

  const percentages = [
    ['SignatureRejections', 5, 'IF((rejected) >= 20, 100 * (rejected) / (rejected + FILL(verified, 0)), 0)'],
    ['ReceiveErrors', 1, expect.stringContaining('>= 1')],
    ['DeliveryErrors', 1, expect.stringContaining('>= 1')],
  ] as const;
  it.each(percentages)('%s', (symptom, threshold, expression) => {
    expect(withSymptom(symptom)).toHaveLength(2);
    for (const alarm of withSymptom(symptom)) {
      expect(alarm).toMatchObject({
        Threshold: threshold,
        Metrics: expect.arrayContaining([expect.objectContaining({ Expression: expression })]),
      });
    }
  });

  it('BreakerOpen from five minutes on, for each system under its own label', () => {
    const dimensions = ['shop', 'ledger'].map((name) => [{ Name: 'service', Value: `shop-ledger/${name}` }]);

    expect(withSymptom('BreakerOpen')).toMatchObject(
      dimensions.map((Dimensions) => ({
        MetricName: 'BreakerOpenSeconds',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 300,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Dimensions,
      })),
    );
  });

  it('AgingDeadLetters after 15 minutes in which the queue of dead letters was never empty', () => {
    const numbers = ['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible'];

    expect(withSymptom('AgingDeadLetters')).toHaveLength(2);
    for (const alarm of withSymptom('AgingDeadLetters')) {
      const { Metrics = [] } = alarm;
      const read = Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat] : []));
      expect(alarm).toMatchObject({ Threshold: 0, EvaluationPeriods: 15, ComparisonOperator: 'GreaterThanThreshold' });
      expect(Metrics[0]).toMatchObject({ Expression: 'FILL(visible, 0) + FILL(inFlight, 0)' });
      expect(read.map(({ Metric }) => Metric.MetricName)).toEqual(numbers);
      expect(read.map(({ Period, Stat }) => [Period, Stat])).toEqual(Array(2).fill([60, 'Maximum']));
      for (const { Metric } of read) expect(flatten(Metric.Dimensions)).toContain('DeadLetters');
    }
  });

  it('those of a queue that is alive look at no dead letters', () => {
    for (const symptom of ['QueueDepth', 'WaitingMessages', 'StuckMessages']) {
      expect(JSON.stringify(withSymptom(symptom))).not.toContain('queueDeadLetters');
    }
  });

  it('TokenAge five minutes after the token should have been replaced, for the system that has tokens', () => {
    expect(withSymptom('TokenAge')).toMatchObject([
      {
        MetricName: 'TokenAgeMinutes',
        Statistic: 'Maximum',
        Period: 60,
        Threshold: 50,
        ComparisonOperator: 'GreaterThanThreshold',
        Dimensions: [{ Name: 'service', Value: 'shop-ledger/ledger' }],
      },
    ]);
  });

  it('RotationFailed for the system with an API key, and the one whose signing secret is ours', () => {
    const of = (system: string) => ({
      MetricName: 'RotationFailed',
      Statistic: 'Sum',
      Threshold: 0,
      Dimensions: [{ Name: 'service', Value: `shop-ledger/${system}` }],
    });

    expect(withSymptom('RotationFailed')).toMatchObject([of('shop'), of('ledger')]);
  });

  it('QuietWatch after ten minutes without a report', () => {
    expect(withSymptom('QuietWatch')).toMatchObject([
      { MetricName: 'HealthWatched', Period: 300, EvaluationPeriods: 2, ComparisonOperator: 'LessThanThreshold' },
    ]);
  });

  it('QuietSource waits as long as the source says', () => {
    const [shop, ledger] = withSymptom('QuietSource');

    expect(shop).toMatchObject({ Period: 3600, EvaluationPeriods: 24, ComparisonOperator: 'LessThanThreshold' });
    expect(ledger).toMatchObject({ Period: 3600, EvaluationPeriods: 6 });
  });
});

it('has a heading in the runbook for every symptom, and the runbook no other, in the order a webhook meets them', () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const headings = [...runbook.matchAll(/^## ([A-Z][A-Za-z]+)$/gm)].map(([, heading]) => heading);

  const ofBridges = Object.values(bridged.pipeline.findResources('AWS::CloudWatch::Alarm')).map((a) => a.Properties);
  expect([...new Set([...alarms, ...ofBridges].map(symptomOf))].toSorted()).toEqual(symptoms.toSorted());
  expect(headings).toEqual(symptoms);
  for (const section of runbook.split(/^## [A-Z][A-Za-z]+$/m).slice(1)) {
    const parts = [...section.matchAll(/^### (.+)$/gm)].map(([, part]) => part);
    expect(parts.slice(0, 3)).toEqual(['Description', 'Investigation', 'Resolution']);
  }
});
