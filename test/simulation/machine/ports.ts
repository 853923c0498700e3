import type { AsyncLocalStorage } from 'node:async_hooks';
import type { DeliveryQueue, QueueRecord } from '../../../functions/contract/delivery.ts';
import type { Ports } from '../../../functions/deliver-event/wire.ts';
import { MemoryLargeData } from '../../functions/deliver-event/support/large-data.ts';
import type { Plan } from '../plan.ts';
import type { SystemName } from '../systems/system.ts';
import type { Container, OwnTrouble } from './container.ts';
import type { Tokens } from './credentials.ts';
import { type LimitRowParts, limitStoreOf } from './limit-rows.ts';
import type { Network } from './network.ts';
import { type ParkingParts, releasesOf, telemetryOf } from './parking-ports.ts';
import type { ToldQueue } from './queues.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { reachTable } from './table.ts';

export interface ContainerParts extends ParkingParts, LimitRowParts {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly deadLetters: ToldQueue;
  readonly tokens: Tokens;
  readonly network: Network;
  readonly running: AsyncLocalStorage<Container>;
  trouble(): OwnTrouble;
}

const callTimeoutMs = 10_000;

/** The world as one container reaches it. */
export function portsOf(container: Container, parts: ContainerParts): Ports {
  const { random, tokens, network, people, trace, table } = parts;
  let ids = 0;
  return {
    ...reachTable(table, container, trace, people),
    queue: queueOf(container, parts),
    parked: parts.parked.reachedBy(container),
    releases: releasesOf(container, parts),
    // No simulated event is large.
    largeData: new MemoryLargeData(),
    limits: limitStoreOf(container, parts),
    http: (request) =>
      container.reach('http', async () => {
        const answer = await network.send(container.id, request);
        const correlationId = request.headers['x-correlation-id'] ?? '';
        if (correlationId.split(',').some((id) => people.killers.has(id)))
          container.die('killed by its message', correlationId);
        return answer;
      }),
    credentials: (system) => tokens.sourceFor(system as SystemName, container),
    telemetry: telemetryOf(container, trace),
    callTimeoutMs,
    now: container.now,
    sleep: (ms) => container.reach('sleep', () => parts.scheduler.sleep(ms)),
    random: random.fork().next,
    newId: () => {
      ids += 1;
      return `${container.id}-${ids}`;
    },
  };
}

function queueOf(container: Container, { queue, deadLetters, trace, people }: ContainerParts): DeliveryQueue {
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
    sendDeadLetter: ({ messageId, groupId, body }, { eventId: event, generation }, letter) =>
      container.service('send dead letter', () => {
        const deduplicationId = `${event}:park:${generation}`;
        const attributes = { ...letter, generation };
        const { swallowed } = deadLetters.offer({ groupId, deduplicationId, body, attributes });
        const record = people.recordOf(event);
        trace.add({ kind: 'dead-letter', event, record, generation, messageId, letter, swallowed });
      }),
  };
}
