import type {
  Lease,
  LeaseRequest,
  LimitState,
  LimitStore,
  ReportedUsage,
} from '../../../../functions/contract/limits.ts';

const fresh: LimitState = { tatMs: 0, hours: new Map(), total: 0, reported: undefined, probeMs: 0 };

/** Limits in memory: each step happens at one instant, as DynamoDB's updates of one item do. */
export class MemoryLimitStore implements LimitStore {
  readonly states = new Map<string, LimitState>();
  /** How often each step was taken. */
  readonly counts = { read: 0, lease: 0, holdUntil: 0, report: 0, leaseProbe: 0 };

  async read(system: string): Promise<LimitState> {
    this.counts.read += 1;
    return this.#of(system);
  }

  async lease(system: string, { calls, intervalMs, baseMs, latestMs, hour }: LeaseRequest): Promise<Lease> {
    this.counts.lease += 1;
    const state = this.#of(system);
    const beginsMs = Math.max(state.tatMs, baseMs);
    if (intervalMs > 0 && beginsMs > latestMs) return { granted: false, state };
    const hours = new Map(state.hours).set(hour, (state.hours.get(hour) ?? 0) + calls);
    const tatMs = intervalMs > 0 ? beginsMs + calls * intervalMs : state.tatMs;
    return { granted: true, state: this.#set(system, { ...state, tatMs, hours, total: state.total + calls }) };
  }

  async holdUntil(system: string, untilMs: number): Promise<void> {
    this.counts.holdUntil += 1;
    const state = this.#of(system);
    if (state.tatMs < untilMs) this.#set(system, { ...state, tatMs: untilMs });
  }

  async report(system: string, usage: ReportedUsage & { readonly total: number }): Promise<LimitState> {
    this.counts.report += 1;
    const state = this.#of(system);
    if ((state.reported?.atMs ?? 0) >= usage.atMs) return state;
    return this.#set(system, { ...state, reported: usage });
  }

  async leaseProbe(system: string, seenMs: number, nextMs: number): Promise<boolean> {
    this.counts.leaseProbe += 1;
    const state = this.#of(system);
    if (state.probeMs !== seenMs) return false;
    this.#set(system, { ...state, probeMs: nextMs });
    return true;
  }

  #of(system: string): LimitState {
    return this.states.get(system) ?? fresh;
  }

  #set(system: string, state: LimitState): LimitState {
    this.states.set(system, state);
    return state;
  }
}
