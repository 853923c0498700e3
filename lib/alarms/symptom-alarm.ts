import { Alarm, ComparisonOperator, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { stageName } from '../../functions/contract/names.ts';
import type { Stage } from '../stage.ts';
import type { AlarmLevel } from './alarm-topics.ts';

/** What can be seen to go wrong, in the order a webhook meets it. `docs/runbook.md` has a heading for each. */
export const symptoms = [
  'OversizedWebhooks',
  'SignatureRejections',
  'EndedSecretUsed',
  'ReceiveErrors',
  'QuietSource',
  'BouncedEvents',
  'UntakenEvents',
  'QueueDepth',
  'WaitingMessages',
  'StuckMessages',
  'FlowHeld',
  'BreakerOpen',
  'DailyBudget',
  'AuthRefused',
  'TokenAge',
  'SlowDelivery',
  'DeliveryErrors',
  'LateEvents',
  'ParkedEvents',
  'AgingDeadLetters',
  'RotationFailed',
  'QuietWatch',
] as const;

type Symptom = (typeof symptoms)[number];

/** Where a symptom shows: all that a reader of the alarm needs to find it. */
export interface AlarmSubject {
  readonly stage: Stage;
  readonly topics: Readonly<Record<AlarmLevel, ITopic>>;
  /** Construct and what it serves: `EventDelivery-salesforce-stripe-<flow>`. */
  readonly construct: string;
  readonly functionName: string;
  /** The queues it reads or fills. */
  readonly queueNames: readonly string[];
}

export interface SymptomAlarmProps {
  readonly symptom: Symptom;
  readonly level: AlarmLevel;
  /** What is seen, with its numbers; a whole sentence. */
  readonly what: string;
  /** Who is hurt, and how; a whole sentence. An alarm without one is not worth waking for. */
  readonly impact: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default GREATER_THAN_THRESHOLD */
  readonly comparison?: ComparisonOperator;
  /** Periods of the metric that must all breach. @default 1 */
  readonly periods?: number;
  /** How to take a period without data, and why; `reason` is a whole sentence. */
  readonly noData: { readonly treat: TreatMissingData; readonly reason: string };
}

/** An alarm that says what happened, who is hurt and what to do, and that reaches the people of its level. */
export class SymptomAlarm extends Construct {
  constructor(scope: Construct, subject: AlarmSubject, props: SymptomAlarmProps) {
    super(scope, props.symptom);
    const { stage, construct } = subject;
    const alarm = new Alarm(this, 'Alarm', {
      alarmName: `${stageName(stage.name)}/${construct}/${props.symptom}`,
      alarmDescription: describe(subject, props),
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: props.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      treatMissingData: props.noData.treat,
    });
    alarm.addAlarmAction(new SnsAction(subject.topics[props.level]));
  }
}

function describe(
  { stage, functionName, queueNames }: AlarmSubject,
  { symptom, what, impact, noData }: SymptomAlarmProps,
) {
  const runbook = `${stage.runbookUrl ?? 'docs/runbook.md'}#${symptom.toLowerCase()}`;
  const queues = queueNames.length === 0 ? '' : ` Queue: ${queueNames.join(', ')}.`;
  return `${what} ${impact} Runbook: ${runbook} Function: ${functionName}.${queues} Without data: ${noData.reason}`;
}
