import type { LimitState, LimitStore, Limits, TrafficClass } from '../contract/limits.ts';
import { ownWaitMs, spentBy } from '../engine/limits.ts';

export interface BudgetServices {
  readonly system: string;
  readonly limits: Limits;
  readonly store: LimitStore;
  /** While the system's quota is spent, one container asks it this often, in milliseconds. */
  readonly recheckMs: number;
  /** A harmless read, whose answer may tell how much of the quota is left. */
  probe(): Promise<unknown>;
  now(): number;
}

/** Reports are noted this often at most, in milliseconds. */
const reportEveryMs = 10_000;

/** Somebody may have raised the day's limit meanwhile. In milliseconds. */
const longestWaitMs = 30 * 60 * 1000;

/**
 * One container's view of a system's calls of the day: those that we allow ourselves, counted by permits, and the system's
 * own quota, as far as it tells.
 */
export class DailyBudget {
  readonly #services: BudgetServices;
  #seen: LimitState | undefined;
  #reportedMs = Number.NEGATIVE_INFINITY;

  constructor(services: BudgetServices) {
    this.#services = services;
  }

  /** Takes the state as a lease left it. */
  see(state: LimitState): void {
    this.#seen = state;
  }

  /**
   * The state as it was seen last, unless it leaves nothing to the lowest class that asks. Where the quota is spent, one
   * container asks the system, and looks again.
   */
  async look(lowest: TrafficClass): Promise<LimitState> {
    const { store, system, now, recheckMs, probe } = this.#services;
    if (this.#seen !== undefined && !this.isSpent(this.#seen, lowest, 1)) return this.#seen;
    const seen = await store.read(system);
    this.#seen = seen;
    if (this.#spentBy(seen, 'live', 1) !== 'quota' || seen.probeMs > now()) return seen;
    if (await store.leaseProbe(system, seen.probeMs, now() + recheckMs)) await probe();
    this.#seen = await store.read(system);
    return this.#seen;
  }

  /** Whether `calls` more of a class are more than there are. */
  isSpent(state: LimitState, of: TrafficClass, calls: number): boolean {
    return this.#spentBy(state, of, calls) !== undefined;
  }

  /** How long one more call of a class is expected to wait, where they are spent; in milliseconds. */
  waitMs(state: LimitState, of: TrafficClass): number {
    const { now, limits, recheckMs } = this.#services;
    if (this.#spentBy(state, of, 1) === 'own') return Math.min(longestWaitMs, ownWaitMs(limits, state, of, now()));
    return state.probeMs > now() ? state.probeMs - now() : recheckMs;
  }

  /** The system told how much of its quota is used. */
  async reported(usage: { readonly used: number; readonly max: number }): Promise<void> {
    const everyMs = Math.min(reportEveryMs, this.#services.recheckMs / 2);
    if (this.#services.now() - this.#reportedMs >= everyMs) await this.#report(usage);
  }

  /** The system refused a call since its quota is spent: nobody needs to ask again before it tells otherwise. */
  async refused(): Promise<void> {
    const max = this.#services.limits.perDay?.calls ?? 1;
    await this.#report({ used: max, max });
  }

  async #report(usage: { readonly used: number; readonly max: number }): Promise<void> {
    const { store, system, now, limits } = this.#services;
    if (limits.perDay === undefined) return;
    const atMs = now();
    this.#reportedMs = atMs;
    const { total } = this.#seen ?? (await store.read(system));
    this.#seen = await store.report(system, { ...usage, atMs, total });
  }

  #spentBy(state: LimitState, of: TrafficClass, calls: number): 'own' | 'quota' | undefined {
    return spentBy(this.#services.limits, state, of, calls, this.#services.now());
  }
}
