import { thresholds } from '../../functions/contract/thresholds.ts';
import { mostLateEvents } from '../../functions/state/late-events.ts';
import type { Part } from '../parts.ts';
import { countOf, durationOf } from '../tables.ts';
import type { FlowStatus, StageStatus, SystemStatus } from './stage-status.ts';

/** `critical`: somebody must act now. `warning`: somebody should look today. As alarms have it. */
export type Level = 'critical' | 'warning';

/** Something that an alarm tells of, as soon as it has lasted as long as the alarm waits. */
export interface Finding {
  readonly level: Level;
  /** The alarm's, and a heading in docs/runbook.md. */
  readonly symptom:
    | 'FlowHeld'
    | 'QueueDepth'
    | 'WaitingMessages'
    | 'StuckMessages'
    | 'LateEvents'
    | 'ParkedEvents'
    | 'AgingDeadLetters'
    | 'BreakerOpen'
    | 'AuthRefused'
    | 'TokenAge'
    | 'DailyBudget';
  /** The flow or the system. */
  readonly of: Part;
  /** What is seen, in words. */
  readonly told: string;
}

/** What is not as it should be, in the order in which a webhook meets it. */
export function findingsOf({ flows, systems, atMs }: StageStatus): Finding[] {
  return [...flows.flatMap((flow) => ofFlow(flow, atMs)), ...systems.flatMap((system) => ofSystem(system, atMs))];
}

function ofFlow(status: FlowStatus, nowMs: number): Finding[] {
  const { flow, held, queue, oldestSeconds: oldest = 0, late, parked, deadLetters } = status;
  const findings: Finding[] = [];
  const find = (level: Level, symptom: Finding['symptom'], told: string) =>
    void findings.push({ level, symptom, of: flow, told });
  if (held !== undefined) find('critical', 'FlowHeld', held === 'operator' ? 'paused' : `held itself: ${held}`);
  const waits = queue.visible + queue.inFlight;
  if (queue.visible > thresholds.queueDepth) find('warning', 'QueueDepth', `${countOf(waits, 'event')} in the queue`);
  const age = `the oldest event has waited for ${durationOf(oldest * 1000)}`;
  if (oldest > thresholds.stuckSeconds) find('critical', 'StuckMessages', age);
  else if (oldest > thresholds.waitingSeconds) find('warning', 'WaitingMessages', age);
  if (late.length > 0) find('warning', 'LateEvents', tellLate(late, nowMs));
  const needing = parked.parked + parked.releasing;
  if (needing > 0) find('critical', 'ParkedEvents', `${countOf(needing, 'event')} parked`);
  const stuck = deadLetters.visible + deadLetters.inFlight;
  if (stuck > 0) find('warning', 'AgingDeadLetters', `${countOf(stuck, 'dead letter')} on the way to be parked`);
  return findings;
}

function tellLate(late: FlowStatus['late'], nowMs: number): string {
  const [first] = late.toSorted((one, other) => one.sinceMs - other.sinceMs);
  const forHow = durationOf(nowMs - (first?.sinceMs ?? nowMs));
  return `${lateCount(late)} late; ${first?.eventId} has been tried for ${forHow}`;
}

/** `3`, or `100+` of a list that is full. */
export function lateCount({ length }: FlowStatus['late']): string {
  return length < mostLateEvents ? String(length) : `${length}+`;
}

function ofSystem({ system, breaker, budget, tokenIssuedMs }: SystemStatus, nowMs: number): Finding[] {
  const findings: Finding[] = [];
  const find = (level: Level, symptom: Finding['symptom'], told: string) =>
    void findings.push({ level, symptom, of: system, told });
  if (breaker.state === 'open') {
    const openMs = nowMs - breaker.openedMs;
    const lasts = openMs >= thresholds.outageSeconds * 1000;
    if (breaker.reason === 'auth')
      find('critical', 'AuthRefused', `it refuses our credentials, for ${durationOf(openMs)}`);
    else {
      const why = breaker.reason === 'operator' ? 'paused' : 'it does not answer';
      find(lasts ? 'critical' : 'warning', 'BreakerOpen', `${why}, for ${durationOf(openMs)}`);
    }
  }
  const ageMs = nowMs - (tokenIssuedMs ?? nowMs);
  if (ageMs > thresholds.tokenAgeMinutes * 60_000)
    find('critical', 'TokenAge', `its access token is ${durationOf(ageMs)} old`);
  const percent = percentOf(budget);
  if (percent !== undefined && percent > thresholds.budgetPercent)
    find('warning', 'DailyBudget', `${Math.floor(percent)} % of the day's calls are used`);
  return findings;
}

/** How much of the day's calls is used; undefined where there is no limit. */
export function percentOf(budget: SystemStatus['budget']): number | undefined {
  return budget?.max === undefined ? undefined : (100 * budget.used) / Math.max(1, budget.max);
}
