import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface QueueAlarmsProps {
  readonly subject: AlarmSubject;
  /** Where the flow's events go, for people: `stripe`. */
  readonly destination: string;
  /** The flow's queue, and that of its dead letters. */
  readonly queue: { readonly queue: IQueue; readonly deadLetters: IQueue };
}

const oneMinute = Duration.minutes(1);

/** Half of what SQS keeps them for: time to act, and reason to. */
const agingDays = 7;

const emptyQueue = {
  treat: TreatMissingData.NOT_BREACHING,
  reason: 'SQS stops reporting a queue that has been empty and unused for six hours.',
} as const;

/** Watches what waits in a flow's queue, and what ended among its dead letters. */
export class QueueAlarms extends Construct {
  private readonly props: QueueAlarmsProps;

  constructor(scope: Construct, id: string, props: QueueAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.queueDepth();
    this.oldestMessage('WaitingMessages', 'warning', 30);
    this.oldestMessage('StuckMessages', 'critical', 300);
    this.deadLetters();
    this.agingDeadLetters();
  }

  private queueDepth(): void {
    const { subject, destination, queue } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'QueueDepth',
      level: 'warning',
      what: 'More than 10,000 events wait in the queue.',
      impact: `${destination} lags behind by the time it takes to deliver them.`,
      metric: queue.queue.metricApproximateNumberOfMessagesVisible({ period: oneMinute, statistic: 'Maximum' }),
      threshold: 10_000,
      noData: emptyQueue,
    });
  }

  private oldestMessage(
    symptom: 'WaitingMessages' | 'StuckMessages',
    level: 'warning' | 'critical',
    seconds: number,
  ): void {
    const { subject, destination, queue } = this.props;
    new SymptomAlarm(this, subject, {
      symptom,
      level,
      what: `An event has been waiting for more than ${seconds} s.`,
      impact: `Its record is out of date in ${destination}, and every later change of that record waits behind it.`,
      metric: queue.queue.metricApproximateAgeOfOldestMessage({ period: oneMinute, statistic: 'Maximum' }),
      threshold: seconds,
      noData: emptyQueue,
    });
  }

  private deadLetters(): void {
    const { subject, destination, queue } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'DeadLetters',
      level: 'critical',
      what: 'An event was given up and is among the dead letters.',
      impact: `Its change is missing in ${destination} until somebody acts; after 14 days the event is gone for good.`,
      metric: queue.deadLetters.metricApproximateNumberOfMessagesVisible({ period: oneMinute, statistic: 'Maximum' }),
      threshold: 0,
      noData: emptyQueue,
    });
  }

  private agingDeadLetters(): void {
    const { subject, destination, queue } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'AgingDeadLetters',
      level: 'warning',
      what: `An event has been among the dead letters for more than ${agingDays} days.`,
      impact: `SQS forgets it 14 days after it came there: its change would then be missing in ${destination} for good.`,
      metric: queue.deadLetters.metricApproximateAgeOfOldestMessage({ period: oneMinute, statistic: 'Maximum' }),
      threshold: Duration.days(agingDays).toSeconds(),
      noData: emptyQueue,
    });
  }
}
