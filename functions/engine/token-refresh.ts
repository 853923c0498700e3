import type { RefreshAnswer, RefreshRequest, TokenState } from '../contract/tokens.ts';
import type { Policies } from '../specification/policies.ts';

type Rules = Policies['auth'];

/**
 * Secrets Manager shows a new value everywhere within this time, in milliseconds. It says only that it is consistent
 * "eventually": a reader that shows an older token later than that shows what is really there.
 */
const shownWithinMs = 60_000;

/**
 * Longest time for which a refusal of a new token stands, in milliseconds. Secrets Manager keeps every version for a day,
 * and runs out of room for them where a secret is written more than once in 10 minutes for long.
 */
const longestStandingMs = 15 * 60_000;

/** A refresh that is under way is over by then, unless its function was killed, in milliseconds. */
const refreshTakesMs = 2_000;

/**
 * Decides whether a new token is fetched now, for whoever asks as `holder`. Of a refused token it counts how old it is:
 * - `settlingMs`: the system may not know it everywhere yet, so that its refusal says nothing;
 * - up to `renewAfterMs`: not the token is refused but we are, so that another one would fare no better; this doubles with
 *   each token that is refused soon after it;
 * - older: it has ended, and is replaced.
 * One that is not in force any more is refused too late to mean anything: what replaced it is good until it is refused.
 */
export function judgeRequest(
  { lease, hash, issuedMs = 0, early }: TokenState,
  request: RefreshRequest | undefined,
  holder: string,
  nowMs: number,
  rules: Rules,
): 'refresh' | RefreshAnswer {
  if (lease !== undefined && lease.untilMs > nowMs && lease.holder !== holder) {
    return { kind: 'wait', code: 'refresh-in-progress', waitMs: Math.min(refreshTakesMs, lease.untilMs - nowMs) };
  }
  // With a lease that was not given back, its holder died: nobody knows which token the secret holds.
  if (request === undefined || hash === undefined || lease !== undefined) return 'refresh';
  const ageMs = nowMs - issuedMs;
  if (request.refused !== hash) return ageMs < shownWithinMs ? { kind: 'stored', hash } : 'refresh';
  if (ageMs < rules.settlingMs) return { kind: 'wait', code: 'token-settling', waitMs: rules.settlingMs - ageMs };
  return ageMs < standingMs(early, rules) ? { kind: 'stands' } : 'refresh';
}

/** How many tokens in a row were refused early, once the one in force is replaced for `request`. */
export function earlyAfter(
  { hash, issuedMs = 0, early }: TokenState,
  request: RefreshRequest | undefined,
  nowMs: number,
  rules: Rules,
): number {
  if (request === undefined || hash === undefined || request.refused !== hash) return early;
  return nowMs - issuedMs < 2 * standingMs(early, rules) ? early + 1 : 0;
}

function standingMs(early: number, { renewAfterMs }: Rules): number {
  return Math.min(renewAfterMs * 2 ** early, Math.max(renewAfterMs, longestStandingMs));
}
