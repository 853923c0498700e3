import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { gaugeMissing } from './health-alarms.ts';
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

/** Watches how fast and how well a flow's events are delivered, and what is not. */
export class DeliveryAlarms extends Construct {
  private readonly props: DeliveryAlarmsProps;
  private readonly metrics: ServiceMetrics;

  constructor(scope: Construct, id: string, props: DeliveryAlarmsProps) {
    super(scope, id);
    this.props = props;
    this.metrics = new ServiceMetrics(props.subject.stage.name, props.integration, props.flow);
    this.flowHeld();
    this.slowDelivery();
    this.deliveryErrors();
    this.lateEvents();
    this.parkedEvents();
  }

  private flowHeld(): void {
    const { subject, flow, destination } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'FlowHeld',
      level: 'critical',
      what: `${flow} is held: one code refused record after record, or somebody paused it.`,
      impact: `No change reaches ${destination} by this flow until somebody resumes it; at 12 days of age its events are parked.`,
      metric: this.metrics.gauge(metricNames.flowOnHold),
      threshold: 0,
      noData: gaugeMissing,
    });
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
      impact: `Changes reach ${destination} late; each is tried again, and waits in the queue meanwhile.`,
      metric,
      threshold: 1,
      noData: nothingDelivered,
    });
  }

  private lateEvents(): void {
    const { subject, destination } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'LateEvents',
      level: 'warning',
      what: 'An event has spent its first attempts, five unless the flow says otherwise, and is still being tried.',
      impact: `Its record is out of date in ${destination}, and every later change of that record waits behind it.`,
      metric: this.metrics.count(metricNames.eventLate),
      threshold: 0,
      noData: nothingDelivered,
    });
  }

  private parkedEvents(): void {
    const { subject, flow, destination } = this.props;
    new SymptomAlarm(this, subject, {
      symptom: 'ParkedEvents',
      level: 'critical',
      what: `${flow} has parked events: given up, with a reason each, and kept until somebody acts.`,
      impact: `Their changes are missing in ${destination}; where the flow halts keys, so are all later ones of their records.`,
      metric: this.metrics.gauge(metricNames.parkedEvents),
      threshold: 0,
      noData: gaugeMissing,
    });
  }
}
