import type { Check, Violation } from '../checker.ts';

/** Every message that the queue took was delivered, skipped, or parked with its reason; the queue's own nets took none. */
export const lossChecks: Check = ({ trace, isAtRest }) => {
  const violations: Violation[] = [];
  const lost = (detail: string) => violations.push({ invariant: 'nothing is lost', detail });
  const removed = new Set(trace.of('removed').flatMap(({ messageIds }) => messageIds));
  const done = new Set<string>();
  for (const { text, event } of trace.of('told')) {
    if (event !== undefined && /^event (delivered|skipped)/.test(text)) done.add(event);
  }
  const parked = new Set(trace.of('dead-letter').map(({ messageId }) => messageId));
  const released = trace.of('released').filter(({ swallowed }) => !swallowed);
  for (const { messageId, event } of [...trace.of('queued'), ...released]) {
    if (removed.has(messageId) && (done.has(event) || parked.has(messageId))) continue;
    if (!removed.has(messageId) && isAtRest) lost(`${event} left the queue without being settled`);
    else if (removed.has(messageId)) lost(`${event} was deleted, but neither delivered nor parked`);
  }
  for (const { event } of trace.of('redriven')) lost(`${event} was taken by the queue's own redrive`);
  return violations;
};
