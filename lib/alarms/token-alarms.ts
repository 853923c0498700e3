import type { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface TokenAlarmsProps {
  readonly subject: AlarmSubject;
  readonly integration: string;
  readonly system: string;
  /** How often the token is replaced. */
  readonly interval: Duration;
}

/** Time for a run on schedule, and the first repeat of one that failed. */
const graceMinutes = 5;

/** Watches that a system's token is replaced in time. */
export class TokenAlarms extends Construct {
  constructor(scope: Construct, id: string, { subject, integration, system, interval }: TokenAlarmsProps) {
    super(scope, id);
    const minutes = interval.toMinutes() + graceMinutes;
    new SymptomAlarm(this, subject, {
      symptom: 'TokenAge',
      level: 'critical',
      what: `The access token of ${system} is older than ${minutes} minutes, and is replaced every ${interval.toMinutes()}.`,
      impact: `When it ends, changes from and to ${system} wait in their queues until a new one can be had.`,
      metric: new ServiceMetrics(subject.stage.name, integration, system).gauge(metricNames.tokenAgeMinutes),
      threshold: minutes,
      noData: {
        treat: TreatMissingData.IGNORE,
        reason: 'no token was made yet, or watch-health did not report; AuthRefused and QuietWatch tell of these.',
      },
    });
  }
}

export interface RotationAlarmsProps {
  readonly subject: AlarmSubject;
  readonly integration: string;
  readonly system: string;
}

/** Watches that a secret which somebody replaces comes into force. */
export class RotationAlarms extends Construct {
  constructor(scope: Construct, id: string, { subject, integration, system }: RotationAlarmsProps) {
    super(scope, id);
    new SymptomAlarm(this, subject, {
      symptom: 'RotationFailed',
      level: 'warning',
      what: `A secret of ${system} was to be replaced, and the new one did not come into force: the old one still is.`,
      impact: `Nobody yet; once ${system} has another one than is in force here, its changes are not taken, or wait.`,
      metric: new ServiceMetrics(subject.stage.name, integration, system).count(metricNames.rotationFailed),
      threshold: 0,
      noData: {
        treat: TreatMissingData.NOT_BREACHING,
        reason: 'nobody replaced a secret.',
      },
    });
  }
}
