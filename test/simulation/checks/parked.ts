import type { Check, Violation } from '../checker.ts';
import type { AtRest } from '../run.ts';
import type { Entry } from '../trace.ts';

type Letter = Extract<Entry, { kind: 'dead-letter' }>;

/** Only what may be parked is; what must be, is; and every dead letter tells the truth. */
export const parkedChecks: Check = (world) => {
  const violations: Violation[] = [];
  const broke = (invariant: Violation['invariant'], detail: string, atMs?: number) =>
    violations.push({ invariant, detail, ...(atMs === undefined ? {} : { atMs }) });
  const { plan, trace, people } = world;
  const rules = plan.expect.parked.map((rule) => ({ ...rule, met: new Set<number>() }));
  const asked = new Set<string>();
  const waits = new Map<number, Set<string>>();
  for (const entry of trace.entries) {
    if (entry.kind === 'operator' && entry.act === 'park') asked.add(entry.of);
    if (entry.kind !== 'dead-letter') continue;
    const { letter, atMs, event, record } = entry;
    const { reason, category, lastErrorCode: code, correlationId, firstSeen } = letter;
    if ([reason, category, code, correlationId, firstSeen].some((text) => text === ''))
      broke('every dead letter has its reason', event, atMs);
    if (/kills|ended the function/.test(reason) && !people.everKilled(correlationId))
      broke('neighbours of a killer are never parked', event, atMs);
    if (reason.startsWith('attempts')) checkAttempts(world, entry, broke);
    const parked = waits.get(record) ?? waits.set(record, new Set()).get(record)!;
    const rule = rules.find(
      ({ records, reason: allowed, codes }) =>
        (records === 'any' || records.has(record)) && allowed.test(reason) && (codes?.test(code) ?? true),
    );
    if (code === 'halted') {
      if (plan.afterDeadLetter !== 'halt-key' || (parked.size === 0 && !entry.swallowed))
        broke('nothing is parked without need', `${event} waits behind nothing`, atMs);
    } else if (rule !== undefined) rule.met.add(record);
    else if (!isAskedFor(entry, asked, people))
      broke('nothing is parked without need', `${event}: ${reason} (${code})`, atMs);
    parked.add(event);
  }
  for (const { must, met, records, atMost = Number.POSITIVE_INFINITY, reason } of rules) {
    if (must && met.size === 0 && !wasDropped(world, records))
      broke('what can never succeed is parked', String(reason));
    if (met.size > atMost)
      broke('nothing is parked without need', `${met.size} records by ${reason}, at most ${atMost} may be`);
  }
  return violations;
};

function isAskedFor({ letter, event }: Letter, asked: ReadonlySet<string>, people: AtRest['people']): boolean {
  return letter.lastErrorCode === 'parked-by-operator' ? asked.has(event) : people.invalid.has(event);
}

/** It came when a later state had been applied, so that nobody ever tried it. */
function wasDropped({ plan, trace, people }: AtRest, records: ReadonlySet<number> | 'any'): boolean {
  if (plan.payload !== 'event') return false;
  const skipped = trace.of('told').filter(({ text }) => text.startsWith('event skipped'));
  return skipped.some(({ event = '' }) => records === 'any' || records.has(people.recordOf(event)));
}

/** Calls for one event that reached out and failed in a way that may pass, since it was parked last. */
function checkAttempts(
  { trace }: AtRest,
  { event, letter, generation, atMs }: Letter,
  broke: (invariant: Violation['invariant'], detail: string, atMs: number) => void,
): void {
  const before = trace.of('dead-letter').filter((other) => other.event === event && other.generation < generation);
  const sinceMs = before.at(-1)?.atMs ?? 0;
  const own = trace.of('answered').filter((call) => call.correlationId.split(',').includes(letter.correlationId));
  const real = own.filter((call) => call.atMs > sinceMs && call.atMs <= atMs);
  // One record of several may be refused inside an answer of 200.
  const hasFailed = ({ result, fault = '' }: (typeof real)[number]) =>
    /^(timeout|connection|5\d\d)$/.test(result) || (result === '200' && /^(internal-error|unavailable)/.test(fault));
  const failed = real.filter(hasFailed).length;
  const claimed = Number(/\d+/.exec(letter.reason)?.[0]);
  if (failed < claimed || claimed !== letter.attempts)
    broke('attempts are calls that reached out', `${event}: ${claimed} claimed, ${failed} real`, atMs);
}
