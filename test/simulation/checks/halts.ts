import type { Check, Violation } from '../checker.ts';
import type { Trace } from '../trace.ts';
import { livesOf } from './lives.ts';
import { OpenEvents } from './open-events.ts';

/** What a halted key promises: nothing overtakes a parked event, and each is delivered once, in its order. */
export const haltChecks: Check = (world) =>
  world.plan.afterDeadLetter === 'halt-key' ? [...overtaken(world), ...inOrder(world)] : [];

/** Of one batch in two hands, the slower may have begun before the faster parked: within one run of the function. */
const runMs = 30_000;

const overtaken: Check = ({ plan, trace, people }) => {
  const violations: Violation[] = [];
  const open = new OpenEvents(people);
  /** What was parked when a call began, by the call and the record that it was for. */
  const blockers = new Map<string, string>();
  for (const [index, entry] of trace.entries.entries()) {
    open.see(entry);
    if (entry.kind === 'call') {
      const beforeMs = entry.atMs - (plan.twice > 0 ? runMs : 0);
      for (const { id, record } of entry.correlationId.split(',').flatMap((one) => people.events.get(one) ?? [])) {
        const blocker = open.blockerOf(id, beforeMs);
        if (blocker !== undefined) blockers.set(`${entry.call} ${record}`, blocker);
      }
    } else if (entry.kind === 'applied') {
      const blocker = blockers.get(`${callOf(trace, index)} ${entry.record}`);
      if (blocker === undefined) continue;
      const detail = `v${entry.version} of record ${entry.record} was applied while ${blocker} was parked`;
      violations.push({ invariant: 'a halt holds', detail, atMs: entry.atMs });
    }
  }
  return violations;
};

/** A system tells of a change while it serves the call. */
function callOf(trace: Trace, index: number): number | undefined {
  for (let next = index; next < trace.entries.length; next += 1) {
    const entry = trace.entries[next];
    if (entry?.kind === 'served') return entry.call;
  }
  return undefined;
}

/** By the order in which they joined their key's list. */
const inOrder: Check = ({ trace, people }) => {
  const violations: Violation[] = [];
  const places = new Map<string, number>();
  for (const { events } of trace.of('listed')) {
    for (const event of events) if (!places.has(event)) places.set(event, places.size);
  }
  const lives = [...livesOf({ trace, people }).values()].filter(({ event }) => places.has(event));
  for (const listed of Map.groupBy(lives, ({ record }) => record).values()) {
    const sorted = listed.toSorted((one, other) => places.get(one.event)! - places.get(other.event)!);
    let before = { event: '', atMs: 0 };
    for (const { event, deliveredMs, releases } of sorted) {
      const [atMs] = deliveredMs;
      // One that was delivered before it was parked came in two hands at once.
      if (atMs === undefined || releases.length === 0 || atMs < releases[0]!.atMs) continue;
      if (atMs < before.atMs) {
        const detail = `${event} was delivered before ${before.event}, which was parked first`;
        violations.push({ invariant: 'released means delivered', detail, atMs });
      }
      before = { event, atMs };
    }
  }
  return violations;
};
