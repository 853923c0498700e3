import type { Chance } from './system.ts';

/** Which calls a fault hits, and for how long. Without any of these it hits every call until it is cleared. */
interface FaultScope {
  /** How long it is active, from when it was posted. */
  seconds?: number;
  /** How many calls it hits, then it is off. */
  times?: number;
  /** The fraction of calls that it hits, 0..1. */
  share?: number;
}

/**
 * A way to fail. `down`: 503 at once. `throttle`: 429, with `Retry-After: retryAfter` (seconds) when given.
 * `reset`: the connection is cut. None of these does the operation. `slow`: does it and answers, but `ms` late.
 */
export type Fault = FaultScope &
  ({ fault: 'down' } | { fault: 'throttle'; retryAfter?: number } | { fault: 'slow'; ms: number } | { fault: 'reset' });

/** A fault as `GET /_faults` lists it: as posted, and what is left of it. */
export type ActiveFault = Fault & { timesLeft?: number; until?: string };

interface Injected {
  fault: Fault;
  hitsLeft: number;
  untilMs: number;
}

/** Decides which calls fail. Several faults can be active; a call is hit by at most one, the one posted first. */
export class FaultInjector {
  #injected: Injected[] = [];
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  add(fault: Fault): void {
    const untilMs = fault.seconds === undefined ? Number.POSITIVE_INFINITY : this.#chance.now() + fault.seconds * 1000;
    this.#injected.push({ fault, hitsLeft: fault.times ?? Number.POSITIVE_INFINITY, untilMs });
  }

  clear(): void {
    this.#injected = [];
  }

  active(): ActiveFault[] {
    return this.#living().map(({ fault, hitsLeft, untilMs }) => ({
      ...fault,
      ...(fault.times !== undefined && { timesLeft: hitsLeft }),
      ...(fault.seconds !== undefined && { until: new Date(untilMs).toISOString() }),
    }));
  }

  /** Decides about one call, and uses up one of the fault's `times`. */
  next(): Fault | undefined {
    const hit = this.#living().find(({ fault }) => fault.share === undefined || this.#chance.random() < fault.share);
    if (hit) hit.hitsLeft -= 1;
    return hit?.fault;
  }

  #living(): Injected[] {
    this.#injected = this.#injected.filter(({ hitsLeft, untilMs }) => hitsLeft > 0 && this.#chance.now() < untilMs);
    return this.#injected;
  }
}
