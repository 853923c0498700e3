import type { BreakerState, HealthStore, Hold } from '../functions/contract/health.ts';
import { closed } from '../functions/engine/breaker.ts';
import { contended, whileContended } from '../functions/engine/contended.ts';
import type { Part } from './parts.ts';

/** What is known of a part's switch. */
export type Switch =
  | { readonly kind: 'flow'; readonly hold: Hold }
  | { readonly kind: 'system'; readonly breaker: BreakerState };

/** The health of one integration, as far as switches need it. */
export type Switchboard = Pick<HealthStore, 'readBreaker' | 'replaceBreaker' | 'readHold' | 'replaceHold'>;

/** Why a flow is held that an operator paused. */
const pausedReason = 'operator';

/** The probe of a hold never comes due; JSON has no infinity. */
const never = Number.MAX_SAFE_INTEGER;

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
  return changeHold(name, board, (seen) => (seen.reason === undefined ? { ...seen, reason: pausedReason } : undefined));
}

/**
 * Releases a part. A flow begins to count refusals anew; a breaker that opened by itself is left alone, since a probe
 * closes it as soon as the system answers.
 */
export async function resumePart({ kind, name }: Part, board: Switchboard): Promise<void> {
  if (kind === 'system') return changeBreaker(name, board, (seen) => (isPaused(seen) ? closed(seen) : undefined));
  return changeHold(name, board, () => ({ reason: undefined, refused: undefined }));
}

function isPaused(breaker: BreakerState): boolean {
  return breaker.state === 'open' && breaker.reason === 'operator';
}

/** Deliveries change the same state: it is written only over what was seen. */
async function change<State, Next>(
  name: string,
  read: () => Promise<State>,
  next: (seen: State) => Next | undefined,
  replace: (seen: State, next: Next) => Promise<boolean>,
): Promise<void> {
  await whileContended(`The state of ${name}`, async () => {
    const seen = await read();
    const wanted = next(seen);
    return wanted === undefined || (await replace(seen, wanted)) ? undefined : contended;
  });
}

function changeBreaker(name: string, board: Switchboard, next: (seen: BreakerState) => BreakerState | undefined) {
  const replace = (seen: BreakerState, wanted: BreakerState) => board.replaceBreaker(name, seen, wanted);
  return change(name, () => board.readBreaker(name), next, replace);
}

function changeHold(name: string, board: Switchboard, next: (seen: Hold) => Omit<Hold, 'generation'> | undefined) {
  const replace = (seen: Hold, wanted: Omit<Hold, 'generation'>) => board.replaceHold(name, seen, wanted);
  return change(name, () => board.readHold(name), next, replace);
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
