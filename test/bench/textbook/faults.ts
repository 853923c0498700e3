import { destinationChecks } from '../../simulation/checks/destination.ts';
import type { Ended } from './world.ts';

/** What went wrong in a history, whatever delivered it; counted in events, but `double` and `outOfOrder` in records. */
export interface Faults {
  readonly lost: number;
  readonly double: number;
  readonly outOfOrder: number;
  readonly wronglyParked: number;
  /** Rightly or not. */
  readonly parked: number;
}

/** Judges by the trace and the two systems alone, by the same rules for every delivery. */
export function faultsOf(ended: Ended): Faults {
  const broken = destinationChecks(ended).map(({ invariant }) => invariant);
  const count = (wanted: (typeof broken)[number]) => broken.filter((invariant) => invariant === wanted).length;
  return {
    lost: lostIn(ended),
    double: count('one destination record for each source record'),
    outOfOrder:
      count('states of one record are applied in order') + count('the destination ends with the newest state'),
    wronglyParked: wronglyParkedIn(ended),
    parked: ended.trace.of('dead-letter').length,
  };
}

/** Events that left the queue, or never will, without having been delivered, skipped or parked. */
function lostIn({ trace }: Ended): number {
  const parked = new Set(trace.of('dead-letter').map(({ messageId }) => messageId));
  const removed = new Set(trace.of('removed').flatMap(({ messageIds }) => messageIds));
  const done = new Set<string>();
  for (const { text, event } of trace.of('told')) {
    if (event !== undefined && /^event (delivered|skipped)/.test(text)) done.add(event);
  }
  const isSafe = ({ messageId, event }: { messageId: string; event: string }) =>
    parked.has(messageId) || (removed.has(messageId) && done.has(event));
  return trace.of('queued').filter((message) => !isSafe(message)).length;
}

/**
 * Parked, though what stood in the way passed by itself. Right to park are the event that kills, what a scenario names as
 * unable to succeed (poison, a bad record), what was deleted, and what was itself refused for a renamed field.
 */
function wronglyParkedIn({ plan, trace, people }: Ended): number {
  const hopeless = new Set(trace.of('deleted').map(({ record }) => record));
  for (const { records } of plan.expect.parked) {
    if (records !== 'any') for (const record of records) hopeless.add(record);
  }
  for (const record of plan.killers) hopeless.delete(record);
  const messages = new Map(trace.of('queued').map((entry) => [entry.messageId, entry]));
  const answered = trace.of('answered');
  return trace.of('dead-letter').filter(({ messageId, letter: { correlationId }, atMs }) => {
    if (people.killers.has(correlationId) || hopeless.has(messages.get(messageId)?.record ?? -1)) return false;
    // A repeat of the event may be answered later.
    const last = answered.findLast((call) => call.correlationId === correlationId && call.atMs <= atMs);
    return last?.fault !== 'no-such-field';
  }).length;
}
