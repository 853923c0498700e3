import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { defaultQuietAfterHours, type System } from '../../functions/specification/system.ts';
import { fiveMinutes, percentage, ServiceMetrics } from './service-metrics.ts';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface ReceiverAlarmsProps {
  readonly subject: AlarmSubject;
  readonly integration: string;
  readonly system: System;
  readonly function: IFunction;
}

const noWebhooks = {
  treat: TreatMissingData.NOT_BREACHING,
  reason: 'no webhook came, so none was refused; QuietSource watches for that.',
} as const;

/** Watches one source's door. */
export class ReceiverAlarms extends Construct {
  private readonly props: ReceiverAlarmsProps;
  private readonly metrics: ServiceMetrics;

  constructor(scope: Construct, id: string, props: ReceiverAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.metrics = new ServiceMetrics(props.subject.stage.name, props.integration, props.system.name);
    this.oversizedWebhooks();
    this.signatureRejections();
    this.endedSecretUsed();
    this.receiveErrors();
    this.quietSource();
  }

  private oversizedWebhooks(): void {
    const source = this.props.system.name;
    new SymptomAlarm(this, this.props.subject, {
      symptom: 'OversizedWebhooks',
      level: 'warning',
      what: `A webhook posted for ${source} was over its size limit and got 413.`,
      impact: `If it was ${source} (nobody checked), it repeats it for a while and gives up: that change never reaches the other system.`,
      metric: this.metrics.count(metricNames.webhookTooLarge),
      threshold: 0,
      noData: noWebhooks,
    });
  }

  private signatureRejections(): void {
    const source = this.props.system.name;
    // Of what looked signed alone: unsigned requests, of a scan say, neither raise it nor drown what does.
    const hasRanges = this.props.system.webhook?.allowedRanges !== undefined;
    const rejected = hasRanges ? 'FILL(rejected, 0) + FILL(refused, 0)' : 'rejected';
    const metrics = {
      rejected: this.metrics.count(metricNames.signatureRejected),
      ...(hasRanges && { refused: this.metrics.count(metricNames.senderRefused) }),
      verified: this.metrics.count(metricNames.webhookVerified),
    };
    const metric = percentage('Webhooks refused, %', rejected, `${rejected} + FILL(verified, 0)`, metrics, 20);
    new SymptomAlarm(this, this.props.subject, {
      symptom: 'SignatureRejections',
      level: 'warning',
      what: `Over 5 % of the signed webhooks of ${source}, and at least 20, were refused within 5 minutes: a wrong signature${hasRanges ? ', or an address that is not allowed' : ''}.`,
      impact: `Either somebody forges webhooks, or ${source} signs with a secret we lack and its changes are not taken.`,
      metric,
      threshold: 5,
      noData: noWebhooks,
    });
  }

  private endedSecretUsed(): void {
    const source = this.props.system.name;
    new SymptomAlarm(this, this.props.subject, {
      symptom: 'EndedSecretUsed',
      level: 'critical',
      what: `A webhook for ${source} was signed with a secret that was replaced and no longer counts, and got 401.`,
      impact: `If ${source} itself still signs with it, none of its changes are taken; else somebody has the old secret.`,
      metric: this.metrics.count(metricNames.endedSecretUsed),
      threshold: 0,
      noData: noWebhooks,
    });
  }

  private receiveErrors(): void {
    const source = this.props.system.name;
    const lost = 'FILL(unavailable, 0) + FILL(crashed, 0) + FILL(throttled, 0)';
    const metric = percentage('Webhooks not taken, %', lost, 'FILL(calls, 0) + FILL(throttled, 0)', {
      unavailable: this.metrics.count(metricNames.receiverUnavailable),
      crashed: this.props.function.metricErrors({ period: fiveMinutes }),
      throttled: this.props.function.metricThrottles({ period: fiveMinutes }),
      calls: this.props.function.metricInvocations({ period: fiveMinutes }),
    });
    new SymptomAlarm(this, this.props.subject, {
      symptom: 'ReceiveErrors',
      level: 'critical',
      what: `Over 1 % of the webhooks of ${source} could not be taken within 5 minutes: 503, the function failed, or had no room to run.`,
      impact: `Changes in ${source} don't reach the other system; it repeats them, and gives up after its own retry time.`,
      metric,
      threshold: 1,
      noData: noWebhooks,
    });
  }

  private quietSource(): void {
    const { system, subject } = this.props;
    const hours = system.webhook?.quietAfterHours ?? defaultQuietAfterHours;
    new SymptomAlarm(this, subject, {
      symptom: 'QuietSource',
      level: 'warning',
      what: `${system.name} sent no authentic webhook for ${hours} h.`,
      impact: `If its webhooks are switched off, misdirected or signed with another secret, its changes reach nobody and nothing else will say so.`,
      metric: this.metrics.count(metricNames.webhookVerified, Duration.hours(1)),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: hours,
      noData: {
        treat: TreatMissingData.BREACHING,
        reason: 'silence is the symptom; a new source is in alarm until its first webhook.',
      },
    });
  }
}
