import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Limits } from '../../functions/contract/limits.ts';
import { bundleName, parkDeadLetter, watchHealth } from '../../functions/contract/names.ts';
import type { SecretClocks } from '../../functions/contract/webhook-secret.ts';
import { endsOf, type Flow, systemsCalledBy } from '../../functions/specification/flow.ts';
import { callableSystems, flowsFrom, type Integration } from '../../functions/specification/integration.ts';
import { resolvePolicies } from '../../functions/specification/policies.ts';
import { hasOwnSecret, type System } from '../../functions/specification/system.ts';
import type { AlarmTopics } from '../alarms/alarm-topics.ts';
import { DeliveryAlarms } from '../alarms/delivery-alarms.ts';
import { EventReceiverAlarms } from '../alarms/event-receiver-alarms.ts';
import { SystemAlarms, WatchAlarms } from '../alarms/health-alarms.ts';
import { ParkingAlarms } from '../alarms/parking-alarms.ts';
import { QueueAlarms } from '../alarms/queue-alarms.ts';
import { ReceiverAlarms } from '../alarms/receiver-alarms.ts';
import type { AlarmSubject } from '../alarms/symptom-alarm.ts';
import { RotationAlarms, TokenAlarms } from '../alarms/token-alarms.ts';
import type { NamedBucket } from '../bindings.ts';
import { functionName } from '../naming.ts';
import { limitsIn } from '../stage.ts';
import type { FunctionContext } from './bundled-function.ts';
import { DeadLetterParking } from './dead-letter-parking.ts';
import { EventDelivery } from './event-delivery.ts';
import { EventReceiver } from './event-receiver.ts';
import { HealthWatch } from './health-watch.ts';
import type { IntegrationData } from './integration-data.ts';
import { SecretRotation } from './secret-rotation.ts';
import { refreshInterval, TokenRefresh } from './token-refresh.ts';
import type { WebhookApi } from './webhook-api.ts';
import { WebhookReceiver } from './webhook-receiver.ts';
import { WebhookSecretRotation } from './webhook-secret-rotation.ts';

export interface IntegrationPipelineProps {
  readonly context: FunctionContext;
  readonly integration: Integration;
  readonly api: WebhookApi;
  readonly data: IntegrationData;
  readonly stateTable: ITableV2;
  readonly parkedTable: ITableV2;
  readonly dataBucket: NamedBucket;
  readonly topics: AlarmTopics;
}

/**
 * One integration, in the order a webhook meets it: receivers, those of EventBridge, token refreshers, deliveries, parking, rotations, the watch,
 * each with its alarms.
 */
export class IntegrationPipeline extends Construct {
  private readonly props: IntegrationPipelineProps;
  private readonly refreshers = new Map<string, IFunction>();

  constructor(scope: Construct, id: string, props: IntegrationPipelineProps) {
    super(scope, id);
    this.props = props;
    const systems = Object.values(props.integration.systems);
    for (const system of systems) this.receive(system);
    for (const system of systems) this.receiveEvents(system);
    for (const system of systems) this.refresh(system);
    for (const flow of Object.values(props.integration.flows)) this.deliver(flow);
    this.park();
    for (const system of systems) this.rotate(system);
    this.watch();
  }

  private receive(system: System): void {
    const { context, integration, api, data, dataBucket } = this.props;
    const secret = data.secretsOf(system.name).webhook;
    if (!secret) return;
    const flows = flowsFrom(integration, system.name);
    const queues = Object.fromEntries(flows.map((flow) => [flow.name, data.queueOf(flow.name).queue]));
    const names = flows.map((flow) => data.queueOf(flow.name).names.queue);
    const throttling = system.webhook?.throttling;
    const ends = { api, secret, queues, dataBucket, ...(throttling && { throttling }) };
    const props = { context, system: system.name, secretClocks: this.secretClocks, ...ends };
    const receiver = new WebhookReceiver(this, `${system.name}-receiver`, props);
    new ReceiverAlarms(receiver, 'Alarms', {
      subject: this.subject('WebhookReceiver', bundleName('receive-webhook', system.name), system.name, names),
      integration: integration.name,
      system,
      function: receiver.function,
    });
  }

  private receiveEvents(system: System): void {
    const { context, integration, data, dataBucket } = this.props;
    const events = data.eventsOf(system.name);
    if (!events) return;
    const flows = flowsFrom(integration, system.name);
    const queues = Object.fromEntries(flows.map((flow) => [flow.name, data.queueOf(flow.name).queue]));
    const receiver = new EventReceiver(this, `${system.name}-event-receiver`, {
      context,
      system: system.name,
      events,
      queues,
      dataBucket,
    });
    const bundle = bundleName('receive-event', system.name);
    const subject = this.subject('EventReceiver', bundle, system.name, Object.values(events.names));
    const destinations = new Set(flows.map((flow) => endsOf(flow).destination.object.system));
    const toward = { subject, destination: [...destinations].join(' and ') };
    new QueueAlarms(receiver, 'QueueAlarms', { ...toward, queue: events.queue, inOrder: false });
    new EventReceiverAlarms(receiver, 'Alarms', {
      ...toward,
      untaken: events.untaken,
      bounced: events.bounced,
      integration: integration.name,
      system,
    });
  }

  private refresh(system: System): void {
    const { context, integration, data, stateTable } = this.props;
    const { credentials, token } = data.secretsOf(system.name);
    if (!credentials || !token) return;
    // Those of the integration: all flows share the token.
    const { auth: rules } = resolvePolicies(integration.policies, context.stage.policies);
    const props = { context, system: system.name, credentials, token, stateTable, rules };
    const refresh = new TokenRefresh(this, `${system.name}-token`, props);
    this.refreshers.set(system.name, refresh.function);
    new TokenAlarms(refresh, 'Alarms', {
      subject: this.subject('TokenRefresh', bundleName('refresh-token', system.name), system.name, []),
      integration: integration.name,
      system: system.name,
      interval: refreshInterval,
    });
  }

  private deliver(flow: Flow): void {
    const { context, integration, data, stateTable, parkedTable, dataBucket } = this.props;
    const { destination } = endsOf(flow);
    const systems = systemsCalledBy(flow);
    const queue = data.queueOf(flow.name);
    const delivery = new EventDelivery(this, `${flow.name}-delivery`, {
      context,
      flow: flow.name,
      queue,
      stateTable,
      parkedTable,
      dataBucket,
      access: data.accessTo(systems),
      refreshers: Object.fromEntries([...this.refreshers].filter(([system]) => systems.includes(system))),
      limits: this.limitsOf(systems),
      policies: resolvePolicies(integration.policies, flow.policies, context.stage.policies),
    });
    const bundle = bundleName('deliver-event', flow.name);
    const subject = this.subject('EventDelivery', bundle, flow.name, [queue.names.queue]);
    const toward = { subject, destination: destination.object.system };
    new QueueAlarms(delivery, 'QueueAlarms', { ...toward, queue: queue.queue });
    new DeliveryAlarms(delivery, 'Alarms', {
      ...toward,
      integration: integration.name,
      flow: flow.name,
      function: delivery.function,
    });
  }

  private park(): void {
    const { context, integration, data, stateTable, parkedTable, dataBucket } = this.props;
    const flows = Object.values(integration.flows);
    const queues = new Map(flows.map((flow) => [flow.name, data.queueOf(flow.name)]));
    const parking = new DeadLetterParking(this, parkDeadLetter, {
      context,
      queues,
      stateTable,
      parkedTable,
      dataBucket,
    });
    for (const flow of flows) {
      const { deadLetters, names } = data.queueOf(flow.name);
      new ParkingAlarms(parking, `${flow.name}-alarms`, {
        subject: this.subject('DeadLetterParking', parkDeadLetter, flow.name, [names.deadLetters]),
        destination: endsOf(flow).destination.object.system,
        deadLetters,
      });
    }
  }

  private rotate(system: System): void {
    if (system.auth === 'api-key') this.rotateApiKey(system.name);
    if (hasOwnSecret(system)) this.rotateWebhookSecret(system.name);
  }

  private rotateApiKey(system: string): void {
    const { context, integration, data } = this.props;
    const { credentials } = data.secretsOf(system);
    if (!credentials) return;
    const rotation = new SecretRotation(this, `${system}-rotation`, { context, system, credentials });
    new RotationAlarms(rotation, 'Alarms', {
      subject: this.subject('SecretRotation', bundleName('rotate-secret', system), system, []),
      integration: integration.name,
      system,
    });
  }

  private rotateWebhookSecret(system: string): void {
    const { context, integration, data } = this.props;
    const { webhook: secret } = data.secretsOf(system);
    if (!secret) return;
    const props = { context, system, secret, clocks: this.secretClocks };
    const rotation = new WebhookSecretRotation(this, `${system}-webhook-secret-rotation`, props);
    new RotationAlarms(rotation, 'Alarms', {
      subject: this.subject('WebhookSecretRotation', bundleName('rotate-webhook-secret', system), system, []),
      integration: integration.name,
      system,
    });
  }

  /** Those of the integration: all flows share the secret. */
  private get secretClocks(): SecretClocks {
    const { integration, context } = this.props;
    return resolvePolicies(integration.policies, context.stage.policies).webhookSecret;
  }

  private watch(): void {
    const { context, integration, stateTable, parkedTable } = this.props;
    const systems = callableSystems(integration).map(({ name }) => name);
    const limits = this.limitsOf(systems);
    const watch = new HealthWatch(this, watchHealth, { context, stateTable, parkedTable, limits });
    const of = { integration: integration.name };
    for (const system of systems) {
      const subject = this.subject('HealthWatch', watchHealth, system, []);
      new SystemAlarms(watch, `${system}-alarms`, { ...of, subject, system, limits: limits[system] ?? {} });
    }
    new WatchAlarms(watch, 'Alarms', { ...of, subject: this.subject('HealthWatch', watchHealth, watchHealth, []) });
  }

  private limitsOf(systems: readonly string[]): Record<string, Limits> {
    const limits = Object.entries(limitsIn(this.props.context.stage, this.props.integration));
    return Object.fromEntries(limits.filter(([system]) => systems.includes(system)));
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
