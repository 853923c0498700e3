import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Limits } from '../../functions/contract/limits.ts';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { watchHealth } from '../../functions/contract/names.ts';
import { thresholds } from '../../functions/contract/thresholds.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface SystemAlarmsProps {
  readonly subject: AlarmSubject;
  readonly integration: string;
  readonly system: string;
  readonly limits: Limits;
}

const { outageSeconds, budgetPercent } = thresholds;

/** A gauge that comes every minute and does not says nothing about what it measures. */
export const gaugeMissing = {
  treat: TreatMissingData.IGNORE,
  reason: 'watch-health did not report, which says nothing about this; QuietWatch tells of it.',
} as const;

/** Watches one system's circuit breaker. */
export class SystemAlarms extends Construct {
  constructor(scope: Construct, id: string, { subject, integration, system, limits }: SystemAlarmsProps) {
    super(scope, id);
    const metrics = new ServiceMetrics(subject.stage.name, integration, system);
    new SymptomAlarm(this, subject, {
      symptom: 'BreakerOpen',
      level: 'critical',
      what: `Calls to ${system} have been held back for ${outageSeconds / 60} minutes: it is down, or paused.`,
      impact: `Changes from and to ${system} wait in their queues; none is lost, and they go on by themselves when it is back.`,
      metric: metrics.gauge(metricNames.breakerOpenSeconds),
      threshold: outageSeconds,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      noData: gaugeMissing,
    });
    new SymptomAlarm(this, subject, {
      symptom: 'AuthRefused',
      level: 'critical',
      what: `${system} refuses our credentials, renewed ones too.`,
      impact: `Changes from and to ${system} wait in their queues, until somebody gives Millrace access again.`,
      metric: metrics.gauge(metricNames.authBreakerOpen),
      threshold: 0,
      noData: gaugeMissing,
    });
    if (limits.perDay === undefined) return;
    new SymptomAlarm(this, subject, {
      symptom: 'DailyBudget',
      level: 'warning',
      what: `More than ${budgetPercent} % of the calls that ${system} allows in 24 hours are used.`,
      impact: `Released events wait from here on; when all are used, so do new changes from and to ${system}, until there are some again.`,
      metric: metrics.gauge(metricNames.dailyBudgetUsed),
      threshold: budgetPercent,
      noData: gaugeMissing,
    });
  }
}

export interface WatchAlarmsProps {
  readonly subject: AlarmSubject;
  readonly integration: string;
}

/** Watches the watchman. */
export class WatchAlarms extends Construct {
  constructor(scope: Construct, id: string, { subject, integration }: WatchAlarmsProps) {
    super(scope, id);
    new SymptomAlarm(this, subject, {
      symptom: 'QuietWatch',
      level: 'warning',
      what: 'watch-health, which runs every minute, did not report for 10 minutes.',
      impact:
        'FlowHeld, BreakerOpen, DailyBudget, AuthRefused, TokenAge and ParkedEvents see nothing: what they would tell, nobody hears.',
      metric: new ServiceMetrics(subject.stage.name, integration, watchHealth).count(metricNames.healthWatched),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 2,
      noData: {
        treat: TreatMissingData.BREACHING,
        reason: 'silence is the symptom; a new stage may be in alarm until the first report.',
      },
    });
  }
}
