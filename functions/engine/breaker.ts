import type { BreakerState, OpenReason } from '../contract/health.ts';
import type { Policies } from '../specification/policies.ts';

type Rules = Policies['breaker'];

/** The calls that one container made to one system lately. Only failures that may pass count as such. */
export interface CallWindow {
  readonly calls: readonly { readonly atMs: number; readonly failed: boolean }[];
  readonly failedInARow: number;
  /** Time of the last success, Unix milliseconds. */
  readonly lastSuccessMs: number | undefined;
}

export const emptyWindow: CallWindow = { calls: [], failedInARow: 0, lastSuccessMs: undefined };

/** The window with one more call in it, and those that are too old left out. */
export function withCall(window: CallWindow, failed: boolean, nowMs: number, { windowMs }: Rules): CallWindow {
  const recent = window.calls.filter(({ atMs }) => nowMs - atMs < windowMs);
  return {
    calls: [...recent, { atMs: nowMs, failed }],
    failedInARow: failed ? window.failedInARow + 1 : 0,
    lastSuccessMs: failed ? window.lastSuccessMs : nowMs,
  };
}

/** Whether this container has seen enough: most of its calls failed lately, or many in a row. */
export function seesOutage({ calls, failedInARow }: CallWindow, rules: Rules): boolean {
  const failed = calls.filter((call) => call.failed).length;
  return failedInARow >= rules.inARow || (calls.length >= rules.calls && failed > calls.length * rules.share);
}

/**
 * Whether one event's failures are enough: two, or one that got no answer, and nobody has had a success since the
 * first was begun (`firstFailureMs`): a call that hangs says little while others succeed beside it.
 * Saves a quiet pipeline, where no window ever fills; opening early costs nothing, since a probe follows.
 */
export function eventShowsOutage(
  event: { readonly failures: number; readonly timedOut: boolean; readonly firstFailureMs: number },
  lastSuccessMs: number | undefined,
): boolean {
  if (event.failures < 2 && !event.timedOut) return false;
  return lastSuccessMs === undefined || lastSuccessMs <= event.firstFailureMs;
}

export function opened(seen: BreakerState, reason: OpenReason, nowMs: number, { probeMs }: Rules): BreakerState {
  const { generation } = seen;
  return { state: 'open', reason, openedMs: nowMs, probeMs: nowMs + probeMs, generation: generation + 1 };
}

export function closed(seen: BreakerState): BreakerState {
  return { state: 'closed', generation: seen.generation + 1 };
}

/** The same opening with the next probe one interval later: whoever writes it may probe now. */
export function probing(seen: BreakerState & { state: 'open' }, nowMs: number, { probeMs }: Rules): BreakerState {
  return { ...seen, probeMs: nowMs + probeMs, generation: seen.generation + 1 };
}
