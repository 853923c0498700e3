import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { bundleName, watchHealth } from '../../functions/contract/names.ts';
import { endsOf, type Flow } from '../../functions/specification/flow.ts';
import { flowsFrom, type Integration } from '../../functions/specification/integration.ts';
import { resolvePolicies } from '../../functions/specification/policies.ts';
import type { System } from '../../functions/specification/system.ts';
import type { AlarmTopics } from '../alarms/alarm-topics.ts';
import { DeliveryAlarms } from '../alarms/delivery-alarms.ts';
import { SystemAlarms, WatchAlarms } from '../alarms/health-alarms.ts';
import { QueueAlarms } from '../alarms/queue-alarms.ts';
import { ReceiverAlarms } from '../alarms/receiver-alarms.ts';
import type { AlarmSubject } from '../alarms/symptom-alarm.ts';
import { functionName } from '../naming.ts';
import type { FunctionContext } from './bundled-function.ts';
import { EventDelivery } from './event-delivery.ts';
import { HealthWatch } from './health-watch.ts';
import type { IntegrationData } from './integration-data.ts';
import { TokenRefresh } from './token-refresh.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

export interface IntegrationPipelineProps {
  readonly context: FunctionContext;
  readonly integration: Integration;
  readonly api: HttpApi;
  readonly data: IntegrationData;
  readonly stateTable: ITableV2;
  readonly topics: AlarmTopics;
}

/** One integration, in the order a webhook meets it: receivers, token refreshers, deliveries, the watch, each with its alarms. */
export class IntegrationPipeline extends Construct {
  private readonly props: IntegrationPipelineProps;
  private readonly refreshers = new Map<string, IFunction>();

  constructor(scope: Construct, id: string, props: IntegrationPipelineProps) {
    super(scope, id);
    this.props = props;
    const systems = Object.values(props.integration.systems);
    for (const system of systems) this.receive(system);
    for (const system of systems) this.refresh(system);
    for (const flow of Object.values(props.integration.flows)) this.deliver(flow);
    this.watch();
  }

  private receive(system: System): void {
    const { context, integration, api, data } = this.props;
    const secret = data.secretsOf(system.name).webhook;
    if (!secret) return;
    const flows = flowsFrom(integration, system.name);
    const queues = Object.fromEntries(flows.map((flow) => [flow.name, data.queueOf(flow.name).queue]));
    const names = flows.map((flow) => data.queueOf(flow.name).names.queue);
    const props = { context, api, system: system.name, secret, queues };
    const receiver = new WebhookReceiver(this, `${system.name}-receiver`, props);
    new ReceiverAlarms(receiver, 'Alarms', {
      subject: this.subject('WebhookReceiver', bundleName('receive-webhook', system.name), system.name, names),
      integration: integration.name,
      system,
      function: receiver.function,
    });
  }

  private refresh(system: System): void {
    const { context, data } = this.props;
    const { credentials, token } = data.secretsOf(system.name);
    if (!token) return;
    const props = { context, system: system.name, credentials, token };
    this.refreshers.set(system.name, new TokenRefresh(this, `${system.name}-token`, props).function);
  }

  private deliver(flow: Flow): void {
    const { context, integration, data, stateTable } = this.props;
    const { source, destination } = endsOf(flow);
    const systems = [...new Set([source.object.system, destination.object.system])];
    const queue = data.queueOf(flow.name);
    const delivery = new EventDelivery(this, `${flow.name}-delivery`, {
      context,
      flow: flow.name,
      queue,
      stateTable,
      access: Object.fromEntries(systems.map((system) => [system, data.secretsOf(system).access])),
      refreshers: Object.fromEntries([...this.refreshers].filter(([system]) => systems.includes(system))),
      policies: resolvePolicies(integration.policies, flow.policies, context.stage.policies),
    });
    const subject = this.subject(
      'EventDelivery',
      bundleName('deliver-event', flow.name),
      flow.name,
      Object.values(queue.names),
    );
    const toward = { subject, destination: destination.object.system };
    new QueueAlarms(delivery, 'QueueAlarms', { ...toward, queue });
    new DeliveryAlarms(delivery, 'Alarms', {
      ...toward,
      integration: integration.name,
      flow: flow.name,
      function: delivery.function,
    });
  }

  private watch(): void {
    const { context, integration, stateTable } = this.props;
    const watch = new HealthWatch(this, watchHealth, { context, stateTable });
    const of = { integration: integration.name };
    for (const system of Object.keys(integration.systems)) {
      const subject = this.subject('HealthWatch', watchHealth, system, []);
      new SystemAlarms(watch, `${system}-alarms`, { ...of, subject, system });
    }
    new WatchAlarms(watch, 'Alarms', { ...of, subject: this.subject('HealthWatch', watchHealth, watchHealth, []) });
  }

  private subject(construct: string, bundle: string, serves: string, queueNames: string[]): AlarmSubject {
    const { context, integration, topics } = this.props;
    return {
      stage: context.stage,
      topics,
      construct: `${construct}-${integration.name}-${serves}`,
      functionName: functionName(context.stage.name, integration.name, bundle),
      queueNames,
    };
  }
}
