import type { Context } from 'aws-lambda';
import type { Connect, CredentialSource } from '../../../../functions/connectors/connector.ts';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import type { QueueRecord } from '../../../../functions/contract/delivery.ts';
import type { Message } from '../../../../functions/contract/message.ts';
import { deliver } from '../../../../functions/deliver-event/deliver.ts';
import { type DeliveryDefinition, type Ports, wire } from '../../../../functions/deliver-event/wire.ts';
import { success } from '../../../../functions/engine/outcome.ts';
import { type ParkServices, parkDeadLetters } from '../../../../functions/park-dead-letter/park.ts';
import type { DiscardServices } from '../../../../functions/parking/discard.ts';
import { endsOf, type Flow } from '../../../../functions/specification/flow.ts';
import { defaultPolicies, type Policies } from '../../../../functions/specification/policies.ts';
import { createOnce } from '../../../../functions/state/once.ts';
import { createParkLists } from '../../../../functions/state/park-lists.ts';
import type { Clock } from './clock.ts';
import { Container } from './container.ts';
import { pollOnce, pollUntilEmpty } from './event-source-mapping.ts';
import { aMessage, peopleToPayers } from './factories.ts';
import { FifoQueue } from './fifo-queue.ts';
import { MemoryLargeData } from './large-data.ts';
import { MemoryLimitStore } from './limit-store.ts';
import { MemoryParkedStore } from './parked-store.ts';
import { queuePort, releasePort, toDeadLetter } from './queue-ports.ts';
import { MemoryTable } from './state-table.ts';
import { KeptTelemetry } from './telemetry.ts';

interface ASystem {
  readonly connect: Connect;
  readonly apiVersion?: string;
  readonly credentials?: CredentialSource;
}

export interface DeliverySetup {
  readonly clock: Clock;
  readonly source: ASystem;
  readonly destination: ASystem;
  readonly flow?: Flow;
  readonly policies?: Policies;
  readonly telemetry?: Ports['telemetry'];
  readonly random?: () => number;
  /** @default no time passes */
  readonly sleep?: Ports['sleep'];
  readonly limits?: DeliveryDefinition['limits'];
  readonly callTimeoutMs?: number;
  /** Time that an invocation has left, where it is not what its clock says. */
  readonly remainingMs?: () => number;
}

const functionTimeoutMs = 30_000;
const noCredentials: CredentialSource = { get: async () => success(''), renew: async () => success('') };
let ids = 0;

/** The whole delivery of one flow: the real function between a queue and a table in memory. */
export function aDelivery(setup: DeliverySetup) {
  const { clock, flow = peopleToPayers, policies = defaultPolicies } = setup;
  const deadLetters = new FifoQueue(clock.now);
  const queue = new FifoQueue(clock.now, { visibilityTimeoutMs: 6 * functionTimeoutMs, deadLetters });
  const table = new MemoryTable();
  const parked = new MemoryParkedStore();
  const largeData = new MemoryLargeData();
  const limits = new MemoryLimitStore();
  const telemetry = new KeptTelemetry();
  const handBacks: { messageIds: string[]; waitSeconds: number }[] = [];
  const port = queuePort(flow.name, queue, deadLetters, handBacks);
  const releases = releasePort(queue);
  const ends = endsOf(flow);
  const systems = { [ends.source.object.system]: setup.source, [ends.destination.object.system]: setup.destination };
  const join = (name: string, { connect, apiVersion = '1' }: ASystem) => ({ name, apiVersion, connect });
  const definition = {
    integration: 'test',
    flow,
    policies,
    limits: setup.limits ?? {},
    source: join(ends.source.object.system, setup.source),
    destination: join(ends.destination.object.system, setup.destination),
  };

  /** A container after its cold start: only the table, the queue and the systems remember. */
  function startContainer() {
    const container = new Container();
    const servicesFor = wire(definition, {
      ...container.hold({ table, queue: port, parked, releases }),
      largeData,
      limits,
      http: createHttp(),
      credentials: (system) => systems[system]?.credentials ?? noCredentials,
      telemetry: setup.telemetry ?? telemetry,
      callTimeoutMs: setup.callTimeoutMs ?? 10_000,
      now: clock.now,
      sleep: setup.sleep ?? (() => Promise.resolve()),
      random: setup.random ?? (() => 0.5),
      newId: () => `id-${++ids}`,
    });
    return { container, servicesFor };
  }

  let current = startContainer();
  let running = current.container;

  /** One invocation. */
  function invoke(records: readonly QueueRecord[]) {
    const endsAtMs = clock.now() + functionTimeoutMs;
    const getRemainingTimeInMillis = setup.remainingMs ?? (() => endsAtMs - clock.now());
    const { container, servicesFor } = current;
    running = container;
    return container.live(deliver(records, servicesFor({ getRemainingTimeInMillis } as Context)));
  }

  /** What operations on parked events know, in one container. */
  function parkingIn(container: Container): DiscardServices & ParkServices {
    const held = container.hold({ table, queue: port, parked, releases });
    const lists = createParkLists(held.table, 'test');
    const once = createOnce(held.persistence, { integration: 'test', flow: flow.name });
    return {
      store: held.parked,
      lists,
      largeData,
      releases: held.releases,
      telemetry,
      now: clock.now,
      once: () => once(() => functionTimeoutMs),
    };
  }

  /** One invocation of `park-dead-letter`. */
  function park() {
    const container = new Container();
    running = container;
    return pollOnce(deadLetters, (records) => {
      const letters = records.map((record) => toDeadLetter(flow.name, record, deadLetters));
      return container.live(parkDeadLetters(letters, parkingIn(container)));
    });
  }

  /** An operator's command. */
  function operate<Answer>(command: (services: DiscardServices) => Promise<Answer>): Promise<Answer> {
    running = new Container();
    return running.live(command(parkingIn(running)));
  }

  return {
    queue,
    deadLetters,
    table,
    parked,
    largeData,
    limits,
    releases,
    lists: createParkLists(table, 'test'),
    park,
    operate,
    /** Kills whoever is at work: the function, the one that parks, or an operator's command. */
    killRunning(): Promise<never> {
      const { container } = current;
      if (running === container) current = startContainer();
      return running.kill();
    },
    telemetry,
    handBacks,
    invoke,
    /** What the function does to the queue; a test may break it. */
    port,
    /** The next invocation is a cold start. */
    restart() {
      current = startContainer();
    },
    /** Kills the function, as running out of memory does: whoever awaits it in there never goes on. */
    kill(): Promise<never> {
      const { container } = current;
      current = startContainer();
      return container.kill();
    },
    /** Queues an event as the receiver does: a group per subject. Answers its message id. */
    send(message: Partial<Message> = {}): string {
      const whole = aMessage(message);
      return queue.send({ groupId: whole.subject, deduplicationId: whole.id, body: JSON.stringify(whole) });
    },
    /** What earlier receives left behind, by message id. */
    histories: () => table.valuesOf('history:test:'),
    poll: () => pollOnce(queue, invoke),
    run: (mostPolls?: number) => pollUntilEmpty(queue, invoke, clock, mostPolls),
  };
}
