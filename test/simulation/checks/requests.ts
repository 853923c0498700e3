import type { Check, Violation } from '../checker.ts';

/** A receive or two may be cut off, or hand back at once what it has no time for. */
const mostReceives = 3;

/**
 * What an operator asks to be parked is parked when it is received again, whatever holds it up. Judged where nothing of
 * ours fails; what only follows in its group is not looked at.
 */
export const requestChecks: Check = ({ plan, trace }) => {
  if (plan.crashes > 0 || plan.ownFaults > 0 || plan.twice > 0 || plan.killers.length > 0) return [];
  const violations: Violation[] = [];
  const asked = new Set<string>();
  const parked = new Set<string>();
  const receives = new Map<string, { event: string; asked: boolean; again: boolean }>();
  const misses = new Map<string, number>();
  for (const entry of trace.entries) {
    if (entry.kind === 'operator' && entry.act === 'park' && entry.came === 'done') {
      if (!parked.has(entry.of)) asked.add(entry.of);
    } else if (entry.kind === 'dead-letter') parked.add(entry.event);
    else if (entry.kind === 'released') {
      // It must be tried anew.
      parked.delete(entry.event);
      asked.delete(entry.event);
    }
    if (entry.kind === 'received') {
      const { messageId, event, receiveCount } = entry;
      receives.set(messageId, { event, asked: asked.has(event), again: receiveCount > 1 });
    } else if (entry.kind === 'handed-back') {
      const [first = ''] = entry.messageIds;
      const received = receives.get(first);
      if (received === undefined || !received.asked || !received.again) continue;
      const missed = (misses.get(first) ?? 0) + 1;
      misses.set(first, missed);
      if (missed !== mostReceives) continue;
      violations.push({ invariant: 'a park request is heard', detail: received.event, atMs: entry.atMs });
    }
  }
  return violations;
};
