import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { emptyQueue, oneMinute } from './queue-alarms.ts';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface ParkingAlarmsProps {
  readonly subject: AlarmSubject;
  /** Where the flow's events go, for people: `stripe`. */
  readonly destination: string;
  readonly deadLetters: IQueue;
}

/** Dead letters are moved as soon as they come: this is five tries of a function that can't. */
const agingMinutes = 15;

/** Watches that what leaves a flow's queue comes into the parked table. */
export class ParkingAlarms extends Construct {
  constructor(scope: Construct, id: string, { subject, destination, deadLetters }: ParkingAlarmsProps) {
    super(scope, id);
    const options = { period: oneMinute, statistic: 'Maximum' };
    new SymptomAlarm(this, subject, {
      symptom: 'AgingDeadLetters',
      level: 'critical',
      what: `For ${agingMinutes} minutes there have been dead letters in the queue, which is emptied at once otherwise.`,
      impact: `Nobody can see or release these events, and their changes are missing in ${destination}; SQS forgets each after 14 days.`,
      // SQS leaves what was received three times out of the age of the oldest message: a failing one would not show.
      metric: new MathExpression({
        label: 'Dead letters not parked',
        expression: 'FILL(visible, 0) + FILL(inFlight, 0)',
        usingMetrics: {
          visible: deadLetters.metricApproximateNumberOfMessagesVisible(options),
          inFlight: deadLetters.metricApproximateNumberOfMessagesNotVisible(options),
        },
        period: oneMinute,
      }),
      threshold: 0,
      periods: agingMinutes,
      noData: emptyQueue,
    });
  }
}
