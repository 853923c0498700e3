import type { BreakerState, HealthStore, Hold } from '../functions/contract/health.ts';
import { closed } from '../functions/engine/breaker.ts';
import type { Part } from './parts.ts';

/** What is known of a part's switch. */
export type Switch =
  | { readonly kind: 'flow'; readonly hold: Hold }
  | { readonly kind: 'system'; readonly breaker: BreakerState };

/** The health of one integration, as far as switches need it. */
export type Switchboard = Pick<HealthStore, 'readBreaker' | 'replaceBreaker' | 'readHold' | 'writeHold'>;

/** Why a flow is held that an operator paused. */
const pausedReason = 'operator';

/** The probe of a hold never comes due; JSON has no infinity. */
const never = Number.MAX_SAFE_INTEGER;

/** How often a system's state may change under our hands before we give up. */
const tries = 5;

export async function readSwitch({ kind, name }: Part, board: Switchboard): Promise<Switch> {
  if (kind === 'flow') return { kind, hold: await board.readHold(name) };
  return { kind, breaker: await board.readBreaker(name) };
}

/** Holds a part, whatever else holds it already: a flow that held itself keeps its reason. */
export async function pausePart({ kind, name }: Part, board: Switchboard, nowMs: number): Promise<void> {
  if (kind === 'system') {
    return changeBreaker(name, board, (seen) =>
      isPaused(seen)
        ? undefined
        : { state: 'open', reason: 'operator', openedMs: nowMs, probeMs: never, generation: seen.generation + 1 },
    );
  }
  const hold = await board.readHold(name);
  if (hold.reason === undefined) await board.writeHold(name, { ...hold, reason: pausedReason });
}

/**
 * Releases a part. A flow begins to count refusals anew; a breaker that opened by itself is left alone, since a probe
 * closes it as soon as the system answers.
 */
export async function resumePart({ kind, name }: Part, board: Switchboard): Promise<void> {
  if (kind === 'system') return changeBreaker(name, board, (seen) => (isPaused(seen) ? closed(seen) : undefined));
  await board.writeHold(name, { reason: undefined, refused: undefined });
}

function isPaused(breaker: BreakerState): boolean {
  return breaker.state === 'open' && breaker.reason === 'operator';
}

/** Deliveries change the same state: it is written only over what was seen. */
async function changeBreaker(
  system: string,
  board: Switchboard,
  next: (seen: BreakerState) => BreakerState | undefined,
): Promise<void> {
  for (let tried = 0; tried < tries; tried += 1) {
    const seen = await board.readBreaker(system);
    const wanted = next(seen);
    if (wanted === undefined || (await board.replaceBreaker(system, seen, wanted))) return;
  }
  throw new Error(`The state of ${system} changed ${tries} times meanwhile. Run the command again.`);
}

/** A part's switch in words. */
export function describeSwitch(state: Switch): string {
  if (state.kind === 'flow') {
    const { reason } = state.hold;
    if (reason === undefined) return 'runs';
    return reason === pausedReason ? 'paused' : `held itself (${reason})`;
  }
  if (state.breaker.state === 'closed') return 'runs';
  const since = `since ${new Date(state.breaker.openedMs).toISOString()}`;
  if (state.breaker.reason === 'operator') return `paused ${since}`;
  const why = state.breaker.reason === 'auth' ? 'refuses our credentials' : 'does not answer';
  return `${why}, held back ${since}`;
}
