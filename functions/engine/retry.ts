import type { History } from '../contract/delivery.ts';
import type { Policies } from '../specification/policies.ts';
import type { Failure } from './outcome.ts';

/** What is known at the time of a failure. */
export interface Circumstances {
  readonly nowMs: number;
  /** The last answer that others got from the same operation was a success; undefined where nobody else used it. */
  readonly othersSucceed: boolean | undefined;
}

/** What becomes of a failed event. */
export type Verdict =
  | { readonly action: 'hand-back'; readonly waitMs: number; readonly history: History; readonly attempt: boolean }
  | { readonly action: 'park'; readonly history: History; readonly reason: 'permanent' | 'attempts' };

/** Attempts that others' success is looked at for. */
const looksBack = 3;

/**
 * Decides about one failure: the one ladder. `history` is what the message's earlier receives left; the verdict carries
 * what this one adds. `random` answers 0..1.
 */
export function judge(
  failure: Failure,
  history: History,
  circumstances: Circumstances,
  policies: Policies,
  random: () => number,
): Verdict {
  switch (failure.kind) {
    case 'permanent':
      return { action: 'park', history, reason: 'permanent' };
    case 'auth':
      return defer(history, Math.max(policies.auth.waitMs, failure.retryAfterMs ?? 0));
    case 'busy': {
      const { baseMs, maxMs } = policies.busy;
      return defer(history, failure.retryAfterMs ?? Math.min(maxMs, doubled(baseMs, history.deferrals + 1)));
    }
    case 'transient':
      return afterAttempt(failure, history, circumstances, policies, random);
  }
}

function defer(history: History, waitMs: number): Verdict {
  return { action: 'hand-back', waitMs, history: { ...history, deferrals: history.deferrals + 1 }, attempt: false };
}

function afterAttempt(
  failure: Failure,
  before: History,
  { nowMs, othersSucceed }: Circumstances,
  { retry, unknown }: Policies,
  random: () => number,
): Verdict {
  const history: History = {
    ...before,
    attempts: before.attempts + 1,
    deferrals: 0,
    firstAttemptMs: before.firstAttemptMs ?? failure.beganMs ?? nowMs,
    othersSucceeded: [...before.othersSucceeded, othersSucceed === true].slice(-looksBack),
  };
  const spent = retry.giveUp === 'at-once' ? history.attempts >= retry.attempts : isPoison(history, nowMs, retry);
  if (spent && failure.mayLand !== true) return { action: 'park', history, reason: 'attempts' };
  const ladder = Math.min(retry.maxMs, doubled(retry.baseMs, history.attempts));
  const varied = Math.max(1_000, Math.round((ladder * (1 - retry.jitter + 2 * retry.jitter * random())) / 1000) * 1000);
  const landed = failure.mayLand === true ? unknown.landsWithinMs : 0;
  const parkAs = { reason: `attempts: ${history.attempts} calls failed`, category: failure.kind, code: failure.code };
  return {
    action: 'hand-back',
    waitMs: Math.max(varied, failure.retryAfterMs ?? 0, landed),
    // What was asked may still be done: the decision stands, and is carried out when that is over.
    history: spent ? { ...history, parkAs } : history,
    attempt: true,
  };
}

/** An hour of failures while others succeeded: it is the event, and not the system, that is broken. */
function isPoison(history: History, nowMs: number, retry: Policies['retry']): boolean {
  const since = nowMs - (history.firstAttemptMs ?? nowMs);
  return (
    since >= retry.poisonAfterMs &&
    history.othersSucceeded.length === looksBack &&
    history.othersSucceeded.every(Boolean)
  );
}

/** `base` for the first, twice as long for each one after it. */
function doubled(baseMs: number, nth: number): number {
  return baseMs * 2 ** Math.min(30, Math.max(0, nth - 1));
}

/** SQS hides a message for at most 12 h from its receive: the minutes we have held it count. */
const longestWaitSeconds = 12 * 60 * 60 - 5 * 60;

/**
 * The wait of a hand-back in whole seconds, whatever its reason: at least a share of the message's age. So neither the
 * queue's receive limit nor its retention ever takes a message, however long an outage lasts.
 */
export function waitSeconds(waitMs: number, ageMs: number, { age }: Policies): number {
  const floor = Math.min(age.maxWaitMs, ageMs * age.share);
  return Math.min(longestWaitSeconds, Math.ceil(Math.max(waitMs, floor) / 1000));
}

/** Whether a message must be parked for its age alone, before its queue forgets it. */
export function isTooOld(ageMs: number, { age }: Policies): boolean {
  return ageMs >= age.parkMs;
}
