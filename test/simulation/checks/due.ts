import type { Check, Violation } from '../checker.ts';

/** A poller may be busy: what is due waits for a free container, and for the rest of its group, in milliseconds. */
const slackMs = 35_000;

/**
 * What is handed back is received again when its wait is over, and nothing is left in flight: a follower that was left
 * behind would hold its group up until the queue's own timeout. Judged where nothing else explains a longer wait: no
 * crash, no fault of our own.
 */
export const dueChecks: Check = ({ plan, trace }) => {
  if (plan.crashes > 0 || plan.ownFaults > 0 || plan.twice > 0 || plan.killers.length > 0) return [];
  const violations: Violation[] = [];
  const broke = (detail: string, atMs: number) =>
    violations.push({ invariant: 'what is handed back comes back when it is due', detail, atMs });
  const inFlight = new Set<string>();
  const due = new Map<string, number>();
  for (const entry of trace.entries) {
    if (entry.kind === 'handed-back') {
      for (const id of entry.messageIds) inFlight.delete(id);
      const [first = ''] = entry.messageIds;
      due.set(first, entry.atMs + entry.waitSeconds * 1000);
    } else if (entry.kind === 'received') {
      const lateMs = entry.atMs - (due.get(entry.messageId) ?? entry.atMs);
      due.delete(entry.messageId);
      if (lateMs > slackMs) broke(`${entry.event}, ${Math.round(lateMs / 1000)} s late`, entry.atMs);
      if (inFlight.has(entry.messageId)) broke(`${entry.event} was left to the queue's own timeout`, entry.atMs);
      inFlight.add(entry.messageId);
    }
  }
  return violations;
};
