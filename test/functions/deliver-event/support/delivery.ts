import type { Context } from 'aws-lambda';
import type { Connector } from '../../../../functions/connectors/connector.ts';
import type { DeliveryQueue, QueueRecord } from '../../../../functions/contract/delivery.ts';
import type { Message } from '../../../../functions/contract/message.ts';
import { deliver } from '../../../../functions/deliver-event/deliver.ts';
import { createOnce } from '../../../../functions/deliver-event/once.ts';
import type { DeliverServices } from '../../../../functions/deliver-event/services.ts';
import type { Flow } from '../../../../functions/specification/flow.ts';
import { defaultPolicies } from '../../../../functions/specification/policies.ts';
import type { Clock } from './clock.ts';
import { pollOnce, pollUntilEmpty } from './event-source-mapping.ts';
import { aMessage, peopleToPayers } from './factories.ts';
import { FifoQueue } from './fifo-queue.ts';
import { MemoryPersistence, memoryTallies, StateTable } from './state-table.ts';
import { KeptTelemetry } from './telemetry.ts';

export interface DeliverySetup {
  readonly clock: Clock;
  readonly source: Connector;
  readonly destination: Connector;
  readonly flow?: Flow;
  /** What differs from services that work. */
  readonly differs?: Partial<DeliverServices>;
}

/** How long the function may run, and what a call may take, in milliseconds. */
const limits = { functionTimeoutMs: 30_000, callTimeoutMs: 10_000 };

/** The whole delivery of one flow: the real function between a queue and a table in memory. */
export function aDelivery({ clock, source, destination, flow = peopleToPayers, differs = {} }: DeliverySetup) {
  const deadLetters = new FifoQueue(clock.now);
  const queue = new FifoQueue(clock.now, { visibilityTimeoutMs: 6 * limits.functionTimeoutMs, deadLetters });
  const table = new StateTable();
  const telemetry = new KeptTelemetry();
  const handBacks: { messageIds: string[]; waitSeconds: number }[] = [];
  const port: { -readonly [Name in keyof DeliveryQueue]: DeliveryQueue[Name] } = {
    async handBack(records, waitSeconds) {
      handBacks.push({ messageIds: records.map(({ messageId }) => messageId), waitSeconds });
      queue.changeVisibility(
        records.map(({ receiptHandle }) => receiptHandle),
        waitSeconds,
      );
    },
    async sendDeadLetter({ messageId, groupId, body }, attributes) {
      deadLetters.send({ groupId, deduplicationId: messageId, body, attributes: { ...attributes } });
    },
  };

  /** One invocation, with the services that a handler would build. */
  function invoke(records: readonly QueueRecord[]) {
    const endsAtMs = clock.now() + limits.functionTimeoutMs;
    const remainingMs = differs.remainingMs ?? (() => endsAtMs - clock.now());
    const context = { getRemainingTimeInMillis: remainingMs } as Context;
    // A persistence layer of its own each time, as after a cold start: only the table remembers.
    const once = createOnce(new MemoryPersistence(table), `event:test/${flow.name}`)(context);
    return deliver(records, {
      integration: 'test',
      flow,
      policies: defaultPolicies,
      source,
      destination,
      queue: port,
      tallies: memoryTallies(table),
      once,
      telemetry,
      callTimeoutMs: limits.callTimeoutMs,
      now: clock.now,
      random: () => 0.5,
      ...differs,
      remainingMs,
    });
  }

  return {
    queue,
    deadLetters,
    table,
    telemetry,
    handBacks,
    invoke,
    /** What the function does to the queue; a test may break it. */
    port,
    /** Queues an event as the receiver does: a group per subject. Answers its message id. */
    send(message: Partial<Message> = {}): string {
      const whole = aMessage(message);
      return queue.send({ groupId: whole.subject, deduplicationId: whole.id, body: JSON.stringify(whole) });
    },
    poll: () => pollOnce(queue, invoke),
    run: () => pollUntilEmpty(queue, invoke, clock),
  };
}
