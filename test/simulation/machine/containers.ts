import type { Context } from 'aws-lambda';
import type { QueueRecord } from '../../../functions/contract/delivery.ts';
import { deliver } from '../../../functions/deliver-event/deliver.ts';
import type { DeliverServices } from '../../../functions/deliver-event/services.ts';
import { wire } from '../../../functions/deliver-event/wire.ts';
import { Container } from './container.ts';
import { definitionOf } from './definition.ts';
import type { EventSourceParts } from './event-source.ts';
import { type ContainerParts, portsOf } from './ports.ts';

/**
 * How many containers a message loses at most to chance: the crash guard takes four for its own doing, and three where
 * something else left a receive unexplained: it was handed over twice, or its history could not be had.
 */
function mostStrikes({ twice, ownFaults }: ContainerParts['plan']): number {
  return twice > 0 || ownFaults > 0 ? 2 : 3;
}

/** Containers of the real delivery code, each with its own memory and clock. */
export function containersOf(
  parts: ContainerParts,
): Pick<EventSourceParts, 'start' | 'invoke' | 'received' | 'removed' | 'failed'> {
  const { plan, random, trace, people, running, breakage } = parts;
  const servicesOf = new WeakMap<Container, (context: Context) => DeliverServices>();
  const definition = breakage.definition?.(definitionOf(plan)) ?? definitionOf(plan);
  const batchOf = new WeakMap<Container, readonly QueueRecord[]>();
  const struck = new Map<string, number>();
  const strike = (container: Container) => {
    for (const { messageId } of batchOf.get(container) ?? []) struck.set(messageId, (struck.get(messageId) ?? 0) + 1);
  };
  let started = 0;
  return {
    start() {
      started += 1;
      const container = new Container(started, random.int(-plan.skewMs, plan.skewMs), parts);
      const ports = portsOf(container, parts);
      void container.death.then(() => strike(container));
      servicesOf.set(container, wire(definition, breakage.ports?.(ports) ?? ports));
      return container;
    },
    invoke(container, records, endsAtMs) {
      const remaining = () => endsAtMs - parts.scheduler.nowMs;
      const services = servicesOf.get(container)!({ getRemainingTimeInMillis: remaining } as Context);
      return running.run(container, () => deliver(records, services));
    },
    received(container, records) {
      // Bad luck that strikes one message over and over can't be told from a message that kills.
      container.isSpared = records.some(({ messageId }) => (struck.get(messageId) ?? 0) >= mostStrikes(plan));
      batchOf.set(container, records);
      for (const { messageId, receiveCount, body } of records) {
        const known = people.events.get(JSON.parse(body).correlationid);
        const { id: event, record } = known ?? { id: '?', record: -1 };
        trace.add({ kind: 'received', event, record, messageId, receiveCount, container: container.id });
      }
    },
    failed(container, error) {
      strike(container);
      trace.add({ kind: 'invocation-failed', container: container.id, error: String(error) });
      return 'threw';
    },
    removed: (records) => trace.add({ kind: 'removed', messageIds: records.map(({ messageId }) => messageId) }),
  };
}
