import type { DeadLetter, QueueRecord } from '../../../functions/contract/delivery.ts';
import type { DeadLetterRecord } from '../../../functions/park-dead-letter/dead-letter.ts';
import { parkDeadLetters } from '../../../functions/park-dead-letter/park.ts';
import { Container } from './container.ts';
import type { EventSourceParts } from './event-source.ts';
import { parkingServicesOf, telemetryOf } from './parking-ports.ts';
import type { ContainerParts } from './ports.ts';

/** Numbers of the first container, far from those of the delivery. */
const firstContainer = 100_000;

/** Containers of the real function that moves dead letters into the parked table. */
export function parkersOf(
  parts: ContainerParts,
): Pick<EventSourceParts, 'start' | 'invoke' | 'received' | 'removed' | 'failed'> {
  const { plan, random, trace, running, deadLetters } = parts;
  const batchOf = new WeakMap<Container, readonly DeadLetterRecord[]>();
  let started = 0;
  const eventOf = ({ body }: QueueRecord): string => JSON.parse(body).id;
  /** A record as the handler makes it of what SQS hands over. */
  const toRecord = ({ messageId, groupId, body }: QueueRecord): DeadLetterRecord => {
    const { attributes, sentAtMs } = deadLetters.messages.find((kept) => kept.messageId === messageId)!;
    const { generation, ...letter } = (attributes ?? {}) as unknown as DeadLetter & { generation: number };
    const sent = attributes === undefined ? undefined : { letter, generation };
    return { flow: plan.flow, messageId, groupId, sentMs: sentAtMs, body, sent };
  };
  return {
    start() {
      started += 1;
      return new Container(firstContainer + started, random.int(-plan.skewMs, plan.skewMs), parts);
    },
    async invoke(container) {
      const services = { ...parkingServicesOf(container, parts), telemetry: telemetryOf(container, trace) };
      return running.run(container, () => parkDeadLetters(batchOf.get(container) ?? [], services));
    },
    received(container, records) {
      const batch = records.map(toRecord);
      batchOf.set(container, batch);
      for (const { sent, messageId, body } of batch)
        if (sent === undefined) trace.add({ kind: 'redriven', event: JSON.parse(body).id, messageId });
      trace.add({ kind: 'parking', events: records.map(eventOf), container: container.id });
    },
    failed(container, error) {
      trace.add({ kind: 'invocation-failed', container: container.id, error: String(error) });
      return 'threw';
    },
    removed: () => {},
  };
}
