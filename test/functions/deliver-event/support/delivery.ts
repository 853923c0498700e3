import type { Context } from 'aws-lambda';
import type { Connect, CredentialSource } from '../../../../functions/connectors/connector.ts';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import type { DeliveryQueue, QueueRecord } from '../../../../functions/contract/delivery.ts';
import type { Message } from '../../../../functions/contract/message.ts';
import { deliver } from '../../../../functions/deliver-event/deliver.ts';
import { type Ports, wire } from '../../../../functions/deliver-event/wire.ts';
import { success } from '../../../../functions/engine/outcome.ts';
import { endsOf, type Flow } from '../../../../functions/specification/flow.ts';
import { defaultPolicies, type Policies } from '../../../../functions/specification/policies.ts';
import type { Clock } from './clock.ts';
import { Container } from './container.ts';
import { pollOnce, pollUntilEmpty } from './event-source-mapping.ts';
import { aMessage, peopleToPayers } from './factories.ts';
import { FifoQueue } from './fifo-queue.ts';
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
  const telemetry = new KeptTelemetry();
  const handBacks: { messageIds: string[]; waitSeconds: number }[] = [];
  const port = queuePort(queue, deadLetters, handBacks);
  const ends = endsOf(flow);
  const systems = { [ends.source.object.system]: setup.source, [ends.destination.object.system]: setup.destination };
  const join = (name: string, { connect, apiVersion = '1' }: ASystem) => ({ name, apiVersion, connect });
  const definition = {
    integration: 'test',
    flow,
    policies,
    source: join(ends.source.object.system, setup.source),
    destination: join(ends.destination.object.system, setup.destination),
  };

  /** A container after its cold start: only the table, the queue and the systems remember. */
  function startContainer() {
    const container = new Container();
    const servicesFor = wire(definition, {
      ...container.hold({ table, queue: port }),
      http: createHttp(),
      credentials: (system) => systems[system]?.credentials ?? noCredentials,
      telemetry: setup.telemetry ?? telemetry,
      callTimeoutMs: setup.callTimeoutMs ?? 10_000,
      now: clock.now,
      random: setup.random ?? (() => 0.5),
      newId: () => `id-${++ids}`,
    });
    return { container, servicesFor };
  }

  let current = startContainer();

  /** One invocation. */
  function invoke(records: readonly QueueRecord[]) {
    const endsAtMs = clock.now() + functionTimeoutMs;
    const getRemainingTimeInMillis = setup.remainingMs ?? (() => endsAtMs - clock.now());
    const { container, servicesFor } = current;
    return container.live(deliver(records, servicesFor({ getRemainingTimeInMillis } as Context)));
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

/** What `createDeliveryQueue` makes of SQS, on the models. */
function queuePort(
  queue: FifoQueue,
  deadLetters: FifoQueue,
  handBacks: { messageIds: string[]; waitSeconds: number }[],
): { -readonly [Name in keyof DeliveryQueue]: DeliveryQueue[Name] } {
  const handlesOf = (records: readonly QueueRecord[]) => records.map(({ receiptHandle }) => receiptHandle);
  return {
    async handBack(records, waitSeconds) {
      handBacks.push({ messageIds: records.map(({ messageId }) => messageId), waitSeconds });
      queue.changeVisibility(handlesOf(records), waitSeconds);
    },
    async settle(records) {
      queue.deleteAll(handlesOf(records));
    },
    async sendDeadLetter({ messageId, groupId, body }, attributes) {
      deadLetters.send({ groupId, deduplicationId: messageId, body, attributes: { ...attributes } });
    },
  };
}
