import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { defaultQuietAfterHours, type System } from '../../functions/specification/system.ts';
import { emptyQueue, oneMinute } from './queue-alarms.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface EventReceiverAlarmsProps {
  readonly subject: AlarmSubject;
  readonly integration: string;
  readonly system: System;
  /** Where the source's events go, for people: `stripe`. */
  readonly destination: string;
  /** What was handed out again and again, and never taken. */
  readonly untaken: IQueue;
  /** What EventBridge could not put into the queue. */
  readonly bounced: IQueue;
}

/** Watches one source's second door: what does not get through it, and whether anything comes at all. */
export class EventReceiverAlarms extends Construct {
  private readonly props: EventReceiverAlarmsProps;

  constructor(scope: Construct, id: string, props: EventReceiverAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.bouncedEvents();
    this.untakenEvents();
    this.quietSource();
  }

  private bouncedEvents(): void {
    const { subject, system, destination, bounced } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'BouncedEvents',
      level: 'critical',
      what: `EventBridge could not queue events of ${system.name} for a day, or was refused.`,
      impact: `Their changes are missing in ${destination}; SQS forgets each after 14 days.`,
      metric: bounced.metricApproximateNumberOfMessagesVisible({ period: oneMinute, statistic: 'Maximum' }),
      threshold: 0,
      noData: emptyQueue,
    });
  }

  private untakenEvents(): void {
    const { subject, system, destination, untaken } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'UntakenEvents',
      level: 'critical',
      what: `Events of ${system.name} could not be read or queued at any of ten tries, or say that records changed and not which.`,
      impact: `Their changes are missing in ${destination}; SQS forgets each 14 days after it came.`,
      metric: untaken.metricApproximateNumberOfMessagesVisible({ period: oneMinute, statistic: 'Maximum' }),
      threshold: 0,
      noData: emptyQueue,
    });
  }

  private quietSource(): void {
    const { subject, integration, system } = this.props;
    const hours = system.bridge?.quietAfterHours ?? defaultQuietAfterHours;
    const metrics = new ServiceMetrics(subject.stage.name, integration, system.name);
    new SymptomAlarm(this, subject, {
      symptom: 'QuietSource',
      level: 'warning',
      what: `${system.name} sent no event by EventBridge for ${hours} h.`,
      impact:
        'If its event destination or relay is switched off or broken, its changes reach nobody and nothing else will say so.',
      metric: metrics.count(metricNames.eventBridged, Duration.hours(1)),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: hours,
      noData: {
        treat: TreatMissingData.BREACHING,
        reason: 'silence is the symptom; a new source is in alarm until its first event.',
      },
    });
  }
}
