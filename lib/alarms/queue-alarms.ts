import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { thresholds } from '../../functions/contract/thresholds.ts';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface QueueAlarmsProps {
  readonly subject: AlarmSubject;
  /** Where the flow's events go, for people: `stripe`. */
  readonly destination: string;
  readonly queue: IQueue;
  /** Whether what waits keeps later changes of its record waiting. @default true */
  readonly inOrder?: boolean;
}

/** SQS reports once a minute. */
export const oneMinute = Duration.minutes(1);

export const emptyQueue = {
  treat: TreatMissingData.NOT_BREACHING,
  reason: 'SQS stops reporting a queue that has been empty and unused for six hours.',
} as const;

/** Watches what waits in a queue of events. */
export class QueueAlarms extends Construct {
  private readonly props: QueueAlarmsProps;

  constructor(scope: Construct, id: string, props: QueueAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.queueDepth();
    this.oldestMessage('WaitingMessages', 'warning', thresholds.waitingSeconds);
    this.oldestMessage('StuckMessages', 'critical', thresholds.stuckSeconds);
  }

  private queueDepth(): void {
    const { subject, destination, queue } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'QueueDepth',
      level: 'warning',
      what: `More than ${thresholds.queueDepth.toLocaleString('en')} events wait in the queue.`,
      impact: `${destination} lags behind by the time it takes to deliver them.`,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: oneMinute, statistic: 'Maximum' }),
      threshold: thresholds.queueDepth,
      noData: emptyQueue,
    });
  }

  private oldestMessage(
    symptom: 'WaitingMessages' | 'StuckMessages',
    level: 'warning' | 'critical',
    seconds: number,
  ): void {
    const { subject, destination, queue, inOrder = true } = this.props;
    const behind = inOrder ? ', and every later change of that record waits behind it' : '';
    new SymptomAlarm(this, subject, {
      symptom,
      level,
      what: `An event has been waiting for more than ${seconds} s.`,
      impact: `Its record is out of date in ${destination}${behind}.`,
      metric: queue.metricApproximateAgeOfOldestMessage({ period: oneMinute, statistic: 'Maximum' }),
      threshold: seconds,
      noData: emptyQueue,
    });
  }
}
