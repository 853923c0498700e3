import type { Tally } from '../contract/delivery.ts';
import type { Failure } from './outcome.ts';

/** The numbers of the ladder; `specification/policies.ts` says what each means and has the defaults. */
export interface RetryPolicies {
  readonly retry: { readonly attempts: number; readonly baseMs: number; readonly jitter: number };
  readonly busy: { readonly baseMs: number; readonly maxMs: number };
  readonly auth: { readonly waitMs: number };
}

/** What becomes of a failed event. */
export type Verdict =
  | { readonly action: 'hand-back'; readonly waitSeconds: number; readonly attempt: boolean }
  | { readonly action: 'dead-letter'; readonly reason: 'permanent' | 'attempts' };

/** SQS hides a message for at most 12 h from its receive: the minutes we have held it count. */
const longestWaitSeconds = 12 * 60 * 60 - 5 * 60;

/**
 * Decides about one failure. Waits are whole seconds, since the queue's visibility timeout is the timer: our own
 * are rounded, one that the system asked for is never cut short. `random` answers 0..1.
 */
export function judge(failure: Failure, tally: Tally, policies: RetryPolicies, random: () => number): Verdict {
  const asked = Math.ceil((failure.retryAfterMs ?? 0) / 1000);
  switch (failure.kind) {
    case 'permanent':
      return { action: 'dead-letter', reason: 'permanent' };
    case 'auth':
      return handBack(Math.round(policies.auth.waitMs / 1000), false);
    case 'busy': {
      const { baseMs, maxMs } = policies.busy;
      const unasked = Math.min(maxMs, doubled(baseMs, tally.deferrals));
      return handBack(failure.retryAfterMs === undefined ? Math.round(unasked / 1000) : asked, false);
    }
    case 'transient': {
      const { attempts, baseMs, jitter } = policies.retry;
      if (tally.attempts >= attempts) return { action: 'dead-letter', reason: 'attempts' };
      const wait = doubled(baseMs, tally.attempts) * (1 - jitter + 2 * jitter * random());
      return handBack(Math.max(1, Math.round(wait / 1000), asked), true);
    }
  }
}

/** `base` for the first, twice as long for each one after it. */
function doubled(baseMs: number, nth: number): number {
  return baseMs * 2 ** Math.max(0, nth - 1);
}

function handBack(waitSeconds: number, attempt: boolean): Verdict {
  return { action: 'hand-back', waitSeconds: Math.min(waitSeconds, longestWaitSeconds), attempt };
}
