import {
  clockSlackMs,
  type LeaseRequest,
  type LimitState,
  type Limits,
  type TrafficClass,
} from '../contract/limits.ts';

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A) as times: permits lie one interval apart, and each may be used
 * as early as the burst allows and no later than its own time. What is not used then lapses: however permits are kept
 * or lost, calls begun in any time t stay at `rate * t + burst`.
 */
export interface Pace {
  readonly intervalMs: number;
  /** How much before its own time a permit may be used. */
  readonly toleranceMs: number;
  /** Taken off both ends of that span, so that clocks may differ by so much. */
  readonly slackMs: number;
}

const unpaced: Pace = { intervalMs: 0, toleranceMs: 0, slackMs: 0 };

export function paceOf({ perSecond }: Limits): Pace {
  if (perSecond === undefined) return unpaced;
  const intervalMs = 1000 / perSecond.rate;
  const toleranceMs = (perSecond.burst - 1) * intervalMs;
  return { intervalMs, toleranceMs, slackMs: Math.min(toleranceMs / 4, clockSlackMs) };
}

/** When one call may be begun, Unix milliseconds. */
export interface Permit {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** How many permits can be had at most, the last of which may be used within `patienceMs`: one or more. */
export function mostCalls({ intervalMs, toleranceMs, slackMs }: Pace, patienceMs: number): number {
  if (intervalMs === 0) return Infinity;
  return Math.floor((patienceMs + toleranceMs - 3 * slackMs) / intervalMs) + 1;
}

/**
 * Asks for as many permits as there are calls in hand, no more than `mostCalls`; the last of them may be used within
 * `patienceMs`.
 */
export function leaseRequest(pace: Pace, calls: number, nowMs: number, patienceMs: number): LeaseRequest {
  const { intervalMs, toleranceMs, slackMs } = pace;
  // Later than now, so that there is time to use the first.
  const baseMs = nowMs + 2 * slackMs;
  const latestMs = nowMs + patienceMs + toleranceMs - slackMs - (calls - 1) * intervalMs;
  return { calls, intervalMs, baseMs, latestMs: Math.max(baseMs, latestMs), hour: hourOf(nowMs) };
}

/** The permits of a lease that was granted; `tatMs`: as it left it. */
export function permitsOf(pace: Pace, calls: number, tatMs: number): Permit[] {
  if (pace.intervalMs === 0) return Array.from({ length: calls }, () => ({ fromMs: 0, untilMs: Infinity }));
  return Array.from({ length: calls }, (_, nth) => {
    const ownMs = tatMs - (calls - nth) * pace.intervalMs;
    return { fromMs: ownMs - pace.toleranceMs + pace.slackMs, untilMs: ownMs - pace.slackMs };
  });
}

/** How many permits would be granted where `request` was refused. */
export function fitting({ calls, intervalMs, baseMs, latestMs }: LeaseRequest, { tatMs }: LimitState): number {
  if (intervalMs === 0) return calls;
  // With fewer calls the last one begins sooner.
  const longest = latestMs + (calls - 1) * intervalMs - Math.max(tatMs, baseMs);
  return Math.max(0, Math.min(calls - 1, Math.floor(longest / intervalMs) + 1));
}

/** Until the next permit may be used, in milliseconds. */
export function permitWaitMs({ toleranceMs, slackMs }: Pace, { tatMs }: LimitState, nowMs: number): number {
  return Math.max(0, tatMs - toleranceMs + slackMs - nowMs);
}

/** The part of the day's budget that a class may use up. */
const shares: Readonly<Record<TrafficClass, number>> = { live: 1, replay: 0.8, reconcile: 0.6 };

const hourMs = 60 * 60 * 1000;

export function hourOf(nowMs: number): number {
  return Math.floor(nowMs / hourMs);
}

/** A report tells less and less as calls of a day ago drop out of the day: an hour later our own sum is the better one. */
const reportLastsMs = hourMs;

/** Calls of the last 24 hours, and how many there may be. */
export interface Usage {
  readonly used: number;
  readonly max: number;
}

/**
 * What of the day's calls is used: of what we allow ourselves, or of the system's own quota, by whomever; the one that is
 * closer to its end.
 */
export function usageOf(limits: Limits, state: LimitState, nowMs: number): Usage {
  const { own, quota } = usages(limits, state, nowMs);
  return quota !== undefined && quota.used / quota.max > own.used / own.max ? quota : own;
}

function usages(limits: Limits, state: LimitState, nowMs: number): { own: Usage; quota: Usage | undefined } {
  const { reported, total } = state;
  const own = { used: sumSince(state, hourOf(nowMs) - 24), max: limits.perDay?.calls ?? Infinity };
  if (reported === undefined || nowMs - reported.atMs >= reportLastsMs) return { own, quota: undefined };
  return { own, quota: { used: reported.used + Math.max(0, total - reported.total), max: reported.max } };
}

/** A little more than 24 hours: the first of them counts whole. */
function sumSince({ hours }: LimitState, firstHour: number): number {
  return [...hours].reduce((sum, [hour, calls]) => (hour >= firstHour ? sum + calls : sum), 0);
}

/**
 * What `calls` more of a class would use up more of than it may: the calls that we allow ourselves, or the system's quota;
 * undefined where there are enough of both.
 */
export function spentBy(
  limits: Limits,
  state: LimitState,
  of: TrafficClass,
  calls: number,
  nowMs: number,
): 'own' | 'quota' | undefined {
  if (limits.perDay === undefined) return undefined;
  const { own, quota } = usages(limits, state, nowMs);
  const isOver = ({ used, max }: Usage) => used + calls > max * shares[of];
  if (isOver(own)) return 'own';
  return quota !== undefined && isOver(quota) ? 'quota' : undefined;
}

/** Until so many of our own calls are over a day old that one more of a class may be made, in milliseconds. */
export function ownWaitMs(limits: Limits, state: LimitState, of: TrafficClass, nowMs: number): number {
  const { own } = usages(limits, state, nowMs);
  let left = own.used;
  for (const [hour, calls] of [...state.hours].toSorted(([one], [other]) => one - other)) {
    if (hour < hourOf(nowMs) - 24) continue;
    left -= calls;
    if (left + 1 <= own.max * shares[of]) return (hour + 25) * hourMs - nowMs;
  }
  return hourMs;
}
