import type { Check, Violation } from '../checker.ts';
import type { Trace } from '../trace.ts';

/** Only what may be parked is; what must be, is; and every dead letter tells the truth. */
export const parkedChecks: Check = ({ plan, trace, people }) => {
  const violations: Violation[] = [];
  const broke = (invariant: Violation['invariant'], detail: string, atMs?: number) =>
    violations.push({ invariant, detail, ...(atMs === undefined ? {} : { atMs }) });
  const messages = new Map(trace.of('queued').map((entry) => [entry.messageId, entry]));
  const letters = trace.of('dead-letter').map(({ messageId, letter, atMs }) => {
    const { event = '?', record = -1 } = messages.get(messageId) ?? {};
    return { letter, atMs, event, record };
  });
  const rules = plan.expect.parked.map((rule) => ({ ...rule, met: new Set<number>() }));
  for (const { letter, atMs, event, record } of letters) {
    if (
      [letter.reason, letter.category, letter.lastErrorCode, letter.correlationId, letter.firstSeen].some(
        (text) => text === '',
      )
    )
      broke('every dead letter has its reason', event, atMs);
    const rule = rules.find(
      ({ records, reason, codes }) =>
        (records === 'any' || records.has(record)) &&
        reason.test(letter.reason) &&
        (codes?.test(letter.lastErrorCode) ?? true),
    );
    if (rule === undefined)
      broke('nothing is parked without need', `${event}: ${letter.reason} (${letter.lastErrorCode})`, atMs);
    else rule.met.add(record);
    if (/kills|ended the function/.test(letter.reason) && !people.killers.has(letter.correlationId))
      broke('neighbours of a killer are never parked', event, atMs);
    if (letter.reason.startsWith('attempts')) {
      const claimed = Number(/\d+/.exec(letter.reason)?.[0]);
      const real = failedCallsOf(trace, letter.correlationId, atMs);
      if (real < claimed || claimed !== letter.attempts)
        broke('attempts are calls that reached out', `${event}: ${claimed} claimed, ${real} real`, atMs);
    }
  }
  for (const { must, met, atMost = Number.POSITIVE_INFINITY, reason } of rules) {
    if (must && met.size === 0) broke('what can never succeed is parked', String(reason));
    if (met.size > atMost)
      broke('nothing is parked without need', `${met.size} records by ${reason}, at most ${atMost} may be`);
  }
  return violations;
};

/** Calls for one event that reached out and failed in a way that may pass. */
function failedCallsOf(trace: Trace, correlationId: string, untilMs: number): number {
  const own = trace.of('answered').filter((call) => call.correlationId === correlationId && call.atMs <= untilMs);
  return own.filter(({ result }) => /^(timeout|connection|5\d\d)$/.test(result)).length;
}
