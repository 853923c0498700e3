import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { fiveMinutes, percentage, ServiceMetrics } from './service-metrics.ts';
import { type AlarmSubject, SymptomAlarm } from './symptom-alarm.ts';

export interface DeliveryAlarmsProps {
  readonly subject: AlarmSubject;
  readonly integration: string;
  readonly flow: string;
  /** Where the flow's events go, for people: `stripe`. */
  readonly destination: string;
  readonly function: IFunction;
}

/** Two seconds from the webhook to the write, for 99 of 100 events. */
const latencyMs = 2_000;

const nothingDelivered = {
  treat: TreatMissingData.NOT_BREACHING,
  reason: 'nothing was delivered or tried; the queue alarms see events that wait.',
} as const;

/** Watches how fast and how well a flow's events are delivered. */
export class DeliveryAlarms extends Construct {
  private readonly props: DeliveryAlarmsProps;
  private readonly metrics: ServiceMetrics;

  constructor(scope: Construct, id: string, props: DeliveryAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.metrics = new ServiceMetrics(props.subject.stage.name, props.integration, props.flow);
    this.slowDelivery();
    this.deliveryErrors();
  }

  private slowDelivery(): void {
    const { subject, destination } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'SlowDelivery',
      level: 'warning',
      what: `One event in a hundred took more than ${latencyMs / 1000} s from its webhook to the write, within 5 minutes.`,
      impact: `People who look at ${destination} right after a change may still see the old state.`,
      metric: this.metrics.p99(metricNames.deliveryLatency),
      threshold: latencyMs,
      noData: nothingDelivered,
    });
  }

  private deliveryErrors(): void {
    const { subject, destination } = this.props;
    const failed = 'FILL(failed, 0) + FILL(crashed, 0)';
    const metric = percentage('Attempts failed, %', failed, `${failed} + FILL(delivered, 0)`, {
      failed: this.metrics.count(metricNames.attemptFailed),
      crashed: this.props.function.metricErrors({ period: fiveMinutes }),
      delivered: this.metrics.count(metricNames.eventDelivered),
    });
    new SymptomAlarm(this, subject, {
      symptom: 'DeliveryErrors',
      level: 'critical',
      what: 'Over 1 % of the attempts to deliver failed within 5 minutes.',
      impact: `Changes reach ${destination} late; events whose attempts are spent become dead letters.`,
      metric,
      threshold: 1,
      noData: nothingDelivered,
    });
  }
}
