import type { AsyncLocalStorage } from 'node:async_hooks';
import type { DeliveryQueue, QueueRecord } from '../../../functions/contract/delivery.ts';
import type { Telemetry } from '../../../functions/contract/telemetry.ts';
import type { Ports } from '../../../functions/deliver-event/wire.ts';
import type { FifoQueue } from '../../functions/deliver-event/support/fifo-queue.ts';
import type { MemoryTable } from '../../functions/deliver-event/support/state-table.ts';
import type { Breakage } from '../breakage.ts';
import type { Plan } from '../plan.ts';
import type { SystemName } from '../systems/system.ts';
import type { Trace } from '../trace.ts';
import type { Container, OwnTrouble } from './container.ts';
import type { Tokens } from './credentials.ts';
import type { Network } from './network.ts';
import type { People } from './people.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { reachTable } from './table.ts';

export interface ContainerParts {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly table: MemoryTable;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly tokens: Tokens;
  readonly network: Network;
  readonly people: People;
  readonly running: AsyncLocalStorage<Container>;
  readonly breakage: Breakage;
  trouble(): OwnTrouble;
}

const callTimeoutMs = 10_000;

/** The world as one container reaches it. */
export function portsOf(container: Container, parts: ContainerParts): Ports {
  const { random, tokens, network, people, trace, table } = parts;
  let ids = 0;
  return {
    ...reachTable(table, container, trace),
    queue: queueOf(container, parts),
    http: (request) =>
      container.reach('http', async () => {
        const answer = await network.send(container.id, request);
        const correlationId = request.headers['x-correlation-id'] ?? '';
        if (people.killers.has(correlationId)) container.die('killed by its message', correlationId);
        return answer;
      }),
    credentials: (system) => tokens.sourceFor(system as SystemName, container),
    telemetry: telemetryOf(container, trace),
    callTimeoutMs,
    now: container.now,
    random: random.fork().next,
    newId: () => {
      ids += 1;
      return `${container.id}-${ids}`;
    },
  };
}

function queueOf(container: Container, { queue, deadLetters, trace }: ContainerParts): DeliveryQueue {
  const handles = (records: readonly QueueRecord[]) => records.map(({ receiptHandle }) => receiptHandle);
  const ids = (records: readonly QueueRecord[]) => records.map(({ messageId }) => messageId);
  return {
    handBack: (records, waitSeconds) =>
      container.service('hand back', () => {
        queue.changeVisibility(handles(records), waitSeconds);
        trace.add({ kind: 'handed-back', messageIds: ids(records), waitSeconds });
      }),
    settle: (records) =>
      container.service('settle', () => {
        queue.deleteAll(handles(records));
        trace.add({ kind: 'removed', messageIds: ids(records) });
      }),
    sendDeadLetter: ({ messageId, groupId, body }, letter) =>
      container.service('send dead letter', () => {
        deadLetters.send({ groupId, deduplicationId: messageId, body, attributes: { ...letter } });
        trace.add({ kind: 'dead-letter', messageId, letter });
      }),
  };
}

function telemetryOf(container: Container, trace: Trace): Telemetry {
  const tell = (text: string, event: string | undefined) =>
    trace.add({ kind: 'told', container: container.id, text, event });
  const worth = ({ reason, code, operation, waitSeconds, attempts }: Record<string, unknown>) =>
    Object.entries({ reason, code, operation, waitSeconds, attempts }).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}=${value}`,
    );
  return {
    info: (message, fields) => tell([message, ...worth({ ...fields })].join(' '), fields.eventId),
    warn: (message, fields, cause) =>
      tell([message, ...worth({ ...fields }), cause instanceof Error ? cause.message : ''].join(' '), fields.eventId),
    count: () => {},
    milliseconds: () => {},
  };
}
