import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Connector, Http, IntentStore } from '../../../functions/connectors/connector.ts';
import { connect as connectSalesforce } from '../../../functions/connectors/salesforce/connector.ts';
import { connect as connectStripe } from '../../../functions/connectors/stripe/connector.ts';
import type { QueueRecord } from '../../../functions/contract/delivery.ts';
import type { Ports } from '../../../functions/deliver-event/wire.ts';
import { writeThrough } from '../../../functions/deliver-event/write-through.ts';
import integration from '../../../integrations/salesforce-stripe/integration.ts';
import type { FifoQueueOptions } from '../../functions/deliver-event/support/fifo-queue.ts';
import type { Container } from '../../simulation/machine/container.ts';
import { containersOf } from '../../simulation/machine/containers.ts';
import type { EventSourceParts } from '../../simulation/machine/event-source.ts';
import type { ContainerParts } from '../../simulation/machine/ports.ts';
import { endsOfFlow, type FlowName } from '../../simulation/plan.ts';
import type { SystemName } from '../../simulation/systems/system.ts';
import { createTextbookHandler } from './pipeline.ts';

export type Containers = ReturnType<typeof containersOf>;

/** One way to deliver: what runs in the containers, and how their queue is set up. */
export interface Delivery {
  readonly name: string;
  readonly queue: Required<Pick<FifoQueueOptions, 'visibilityTimeoutMs' | 'maxReceiveCount'>>;
  /** Whether dead letters are moved on. */
  readonly parks: boolean;
  containersOf(parts: ContainerParts): Containers;
}

/** Six times the function's timeout of 30 s, as AWS advises. */
const visibilityTimeoutMs = 180_000;

export const millrace: Delivery = {
  name: 'Millrace',
  queue: { visibilityTimeoutMs, maxReceiveCount: 1000 },
  parks: true,
  containersOf,
};

/** Five receives, then the dead-letter queue: the least that AWS advises, and what its examples have. */
export const textbook: Delivery = {
  name: 'textbook',
  queue: { visibilityTimeoutMs, maxReceiveCount: 5 },
  parks: false,
  containersOf: textbookContainersOf,
};

type Handler = (records: readonly QueueRecord[], context: Context) => ReturnType<EventSourceParts['invoke']>;

/** The simulation's containers, each with the same world around it, with the textbook's function in them. */
function textbookContainersOf(parts: ContainerParts): Containers {
  const { breakage, running, scheduler, plan } = parts;
  const handlers = new WeakMap<Container, Handler>();
  let latest: Ports | undefined;
  const keepPorts = (right: Ports) => {
    latest = breakage.ports?.(right) ?? right;
    return latest;
  };
  const containers = containersOf({ ...parts, breakage: { ...breakage, ports: keepPorts } });
  return {
    ...containers,
    start() {
      const container = containers.start();
      handlers.set(container, handlerOf(plan.flow, latest!));
      return container;
    },
    invoke(container, records, endsAtMs) {
      const remaining = () => endsAtMs - scheduler.nowMs;
      const context = { getRemainingTimeInMillis: remaining } as Context;
      return running.run(container, () => handlers.get(container)!(records, context));
    },
  };
}

/**
 * Once per cold start. Its calls are those of our connectors, so that both make the same; but no breaker stands before
 * them, and a create leaves no intent: it goes under the event's id, as Stripe's documentation has it.
 */
function handlerOf(name: FlowName, ports: Ports): Handler {
  const flow = integration.flows[name]!;
  const ends = endsOfFlow(name);
  const { callTimeoutMs, telemetry, persistence } = ports;
  const source = connected(ends.source, ports);
  const destination = connected(ends.destination, ports);
  const handler = createTextbookHandler({
    persistenceStore: persistence,
    async deliver(message, context) {
      const remainingMs = () => context.getRemainingTimeInMillis();
      const outcome = await writeThrough(
        { message, told: undefined },
        { flow, source, destination, callTimeoutMs, remainingMs },
        false,
      );
      if (outcome.kind === 'success') telemetry.info('event delivered', { eventId: message.id });
      return outcome;
    },
  });
  return (records, context) => handler(eventOf(records), context);
}

function connected(system: SystemName, { http, credentials, callTimeoutMs, now, sleep, newId }: Ports): Connector {
  return (system === 'stripe' ? connectStripe : connectSalesforce)({
    apiVersion: integration.systems[system]!.apiVersion ?? '',
    credentials: credentials(system),
    http: createUnderEventId(http),
    intents: noIntents,
    landsWithinMs: callTimeoutMs,
    sharing: { reads: 1, writes: 1 },
    guard: (_operation, _key, make) => make(),
    now,
    sleep,
    newId,
  });
}

const noIntents: IntentStore = {
  read: async () => undefined,
  replace: async (_key, _seen, next) => ({ ...next, generation: 0 }),
  remove: async () => {},
};

function createUnderEventId(http: Http): Http {
  return (request) => {
    const isCreate = request.method === 'POST' && request.url.endsWith('/v1/customers');
    const key = request.headers['x-correlation-id'] ?? '';
    return http(isCreate ? { ...request, headers: { ...request.headers, 'idempotency-key': key } } : request);
  };
}

function eventOf(records: readonly QueueRecord[]): SQSEvent {
  return {
    Records: records.map(({ messageId, receiptHandle, groupId, receiveCount, sentMs, body }) => {
      const attributes = {
        MessageGroupId: groupId,
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: String(sentMs),
      };
      return { messageId, receiptHandle, body, attributes } as SQSRecord;
    }),
  };
}
