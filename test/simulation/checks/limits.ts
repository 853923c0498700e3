import type { Check, Violation } from '../checker.ts';
import { dayMs, hourMs, minuteMs, type Plan, secondMs } from '../plan.ts';
import type { AtRest } from '../run.ts';
import type { SystemName } from '../systems/system.ts';
import type { Entry, Trace } from '../trace.ts';

type Call = Extract<Entry, { kind: 'call' }>;
type Broke = (invariant: Violation['invariant'], detail: string, atMs: number) => void;

/** Our limits, and the systems' own, as they are kept to by the true clock: of each system whose limits are specified. */
export const limitChecks: Check = (world) => {
  const violations: Violation[] = [];
  const broke: Broke = (invariant, detail, atMs) => violations.push({ invariant, detail, atMs });
  for (const system of ['stripe', 'salesforce'] as const) {
    if (world.plan.limits[system] === undefined) continue;
    const calls = callsOf(world.trace, system);
    checkRate(calls, world.plan, system, broke);
    checkDay(calls, world.plan, system, broke);
    checkQuota(calls, world, system, broke);
    checkHints(calls, world, system, broke);
  }
  return violations;
};

/** What asks for no permit is not among them: tokens are fetched beside the limits. */
function callsOf(trace: Trace, system: SystemName): Call[] {
  return trace.of('call').filter((call) => call.system === system && call.operation !== 'token');
}

/**
 * Whatever time t: no more than `rate * t + burst`. Permits leave room for clocks that are wrong, and a call is begun when
 * its permit is looked at, so that nothing is allowed beyond it but what rounding takes.
 */
function checkRate(calls: readonly Call[], { limits }: Plan, system: SystemName, broke: Broke): void {
  const { perSecond } = limits[system] ?? {};
  if (perSecond === undefined) return;
  const { rate, burst } = perSecond;
  let least = Number.POSITIVE_INFINITY;
  for (const [nth, { atMs }] of calls.entries()) {
    const given = (rate * atMs) / secondMs;
    least = Math.min(least, nth - given);
    const over = nth + 1 - given - least - burst;
    if (over > 1e-3) broke('never over rate x time + burst', `${system}: ${over.toFixed(2)} calls too many`, atMs);
  }
}

/** Permits are counted when they are leased: the call may be begun so much later, and in another hour. */
const permitAgeMs = 5 * secondMs;

/** The part of the day's calls that a class leaves to the ones above it. */
const shares: Readonly<Record<string, number>> = { live: 1, replay: 0.8, reconcile: 0.6 };

/**
 * Our own calls of any 24 hours; probes count, and may go over it. A lower class stops where its part ends: calls that were
 * begun in the moment before may be of permits that were leased after its own.
 */
function checkDay(calls: readonly Call[], { limits }: Plan, system: SystemName, broke: Broke): void {
  const { perDay } = limits[system] ?? {};
  if (perDay === undefined) return;
  let [from, until] = [0, 0];
  for (const [nth, { atMs, trafficClass }] of calls.entries()) {
    while (calls[from]!.atMs <= atMs - dayMs + permitAgeMs) from += 1;
    while (calls[until]!.atMs < atMs - permitAgeMs) until += 1;
    if (trafficClass === 'probe') continue;
    const share = shares[trafficClass] ?? 1;
    const isLive = share === 1;
    const used = isLive ? nth + 1 - from : Math.max(from, until) + 1 - from;
    if (used <= perDay.calls * share) continue;
    const invariant = isLive ? 'the daily budget is never exceeded' : 'lower classes leave their part of the budget';
    broke(invariant, `${system}: ${used} of ${perDay.calls} calls, by ${trafficClass}`, atMs);
  }
}

/** What was on its way when the first answer told it, and what the row takes to be told. */
const tellMs = 4 * secondMs;

const recheckMs = 5 * minuteMs;

/**
 * A quota that is spent is left alone: nobody calls but one probe in five minutes, as soon as one call was refused for it.
 * Judged where nothing keeps us from telling one another.
 */
function checkQuota(calls: readonly Call[], { plan, trace }: AtRest, system: SystemName, broke: Broke): void {
  if (plan.limits[system]?.perDay === undefined || isDeaf(plan)) return;
  const spells = spentSpells(trace, system);
  for (const { fromMs, toMs } of spells) {
    const within = calls.filter(({ atMs }) => atMs > fromMs + tellMs && atMs < toMs);
    for (const { trafficClass, operation, atMs } of within)
      if (trafficClass !== 'probe') broke('a spent quota is left alone', `${system}.${operation}`, atMs);
  }
  const probes = trace.of('budget-probe').filter((probe) => probe.system === system);
  for (const [nth, { atMs }] of probes.entries()) {
    const afterMs = atMs - (probes[nth - 1]?.atMs ?? Number.NEGATIVE_INFINITY);
    if (afterMs < recheckMs - 2 * plan.skewMs - secondMs)
      broke('a spent quota is left alone', `${system}: asked again after ${Math.round(afterMs / 1000)} s`, atMs);
  }
}

/** From the first refusal for the quota to the next answer that is none. */
function spentSpells(trace: Trace, system: SystemName): { readonly fromMs: number; readonly toMs: number }[] {
  const spells: { fromMs: number; toMs: number }[] = [];
  let spentMs: number | undefined;
  for (const { atMs, fault, ...call } of trace.of('answered')) {
    if (call.system !== system || call.operation === 'token') continue;
    const isRefusal = fault === 'quota, truly';
    if (isRefusal) spentMs ??= atMs;
    else if (spentMs !== undefined && call.result.startsWith('2')) {
      spells.push({ fromMs: spentMs, toMs: atMs });
      spentMs = undefined;
    }
  }
  return spells;
}

/** After a hint, permits that were given before it are used up; a date is of whole seconds. */
const hintSlackMs = 3_500;

/** Nobody calls before the time that the system asked for, or an hour at most; judged as the quota is. */
function checkHints(calls: readonly Call[], { plan, trace }: AtRest, system: SystemName, broke: Broke): void {
  if (plan.limits[system]?.perSecond === undefined || isDeaf(plan)) return;
  const hints = trace
    .of('answered')
    .filter((call) => call.system === system && call.result === '429' && call.fault?.startsWith('too-many'))
    .flatMap(({ atMs, retryAfter }) => (retryAfter === undefined ? [] : [{ atMs, untilMs: endOf(retryAfter, atMs) }]));
  for (const { atMs: toldMs, untilMs } of hints) {
    const early = calls.find(({ atMs }) => atMs > toldMs + hintSlackMs && atMs < untilMs - plan.skewMs - secondMs);
    if (early !== undefined) {
      const detail = `${system}.${early.operation}, ${Math.round((untilMs - early.atMs) / 1000)} s too early`;
      broke('a hint of the system holds everybody', detail, early.atMs);
    }
  }
}

function endOf(retryAfter: string, atMs: number): number {
  const untilMs = /^\d+$/.test(retryAfter) ? atMs + Number(retryAfter) * secondMs : Date.parse(retryAfter);
  return Math.min(untilMs, atMs + hourMs);
}

/** The row can't always be told of what one container heard, or not at once. */
function isDeaf({ crashes, ownFaults, limiterRow }: Plan): boolean {
  return crashes > 0 || ownFaults > 0 || limiterRow.faults > 0 || limiterRow.latencyMs > 0;
}
