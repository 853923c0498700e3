import type { ReleaseQueue } from '../../../functions/contract/parked.ts';
import type { Telemetry } from '../../../functions/contract/telemetry.ts';
import type { DiscardServices } from '../../../functions/parking/discard.ts';
import { createOnce } from '../../../functions/state/once.ts';
import { createParkLists } from '../../../functions/state/park-lists.ts';
import { createParkRequests, type ParkRequestStore } from '../../../functions/state/park-requests.ts';
import { MemoryLargeData } from '../../functions/deliver-event/support/large-data.ts';
import type { MemoryTable } from '../../functions/deliver-event/support/state-table.ts';
import type { Breakage } from '../breakage.ts';
import type { Trace } from '../trace.ts';
import type { Container } from './container.ts';
import type { ParkedTable } from './parked.ts';
import type { People } from './people.ts';
import type { ToldQueue } from './queues.ts';
import { reachTable } from './table.ts';

/** What the simulated integration is called. */
export const integrationName = 'simulation';

export interface ParkingParts {
  readonly trace: Trace;
  readonly table: MemoryTable;
  readonly parked: ParkedTable;
  readonly queue: ToldQueue;
  readonly people: People;
  readonly breakage: Breakage;
}

/** A command has as long as it likes; the lock that it may leave behind ends with this time, in milliseconds. */
const commandMs = 60_000;

/** The operations on parked events, as one process or container reaches the world. */
export function parkingServicesOf(
  container: Container,
  parts: ParkingParts,
): DiscardServices & { readonly largeData: MemoryLargeData; readonly requests: ParkRequestStore } {
  const { table, parked, trace, people } = parts;
  const reached = reachTable(table, container, trace, people);
  return {
    store: parked.reachedBy(container),
    lists: createParkLists(reached.table, integrationName),
    largeData: new MemoryLargeData(),
    releases: releasesOf(container, parts),
    requests: createParkRequests(reached.table, integrationName),
    telemetry: telemetryOf(container, trace),
    now: container.now,
    once: (flow) => createOnce(reached.persistence, { integration: integrationName, flow })(() => commandMs),
  };
}

/** The way back into the queue, as functions/aws has it. */
export function releasesOf(
  container: Container,
  { queue, trace, people, breakage }: Pick<ParkingParts, 'queue' | 'trace' | 'people' | 'breakage'>,
): ReleaseQueue {
  return {
    release: ({ eventId, generation, groupId }, body) =>
      container.service('release', () => {
        const deduplicationId = breakage.releaseId?.(eventId) ?? `${eventId}:release:${generation}`;
        const released = JSON.stringify({ ...JSON.parse(body), releasedgeneration: generation });
        const { messageId, swallowed } = queue.offer({ groupId, deduplicationId, body: released });
        const record = people.recordOf(eventId);
        trace.add({ kind: 'released', event: eventId, record, generation, messageId, swallowed });
      }),
  };
}

export function telemetryOf(container: Container, trace: Trace): Telemetry {
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
