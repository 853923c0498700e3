import type { BreakerState, HealthStore } from '../contract/health.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import {
  type CallWindow,
  closed,
  emptyWindow,
  eventShowsOutage,
  opened,
  probing,
  seesOutage,
  withCall,
} from '../engine/breaker.ts';
import type { Failure, Outcome } from '../engine/outcome.ts';
import type { Policies } from '../specification/policies.ts';
import type { Answers } from './answers.ts';

export interface GuardServices {
  readonly system: string;
  readonly health: HealthStore;
  readonly answers: Answers;
  readonly policies: Policies;
  readonly telemetry: Telemetry;
  /** A harmless read; its outcome tells whether the system is back. */
  probe(): Promise<Outcome<unknown>>;
  now(): number;
  random(): number;
}

/**
 * Stands before every call to one system, for one container. While the system's breaker is open, calls are refused, and
 * one container at a time probes it; what calls answer decides whether it opens.
 */
export class Guard {
  readonly #services: GuardServices;
  #window: CallWindow = emptyWindow;
  #seen: { state: BreakerState; atMs: number } | undefined;
  #looking: Promise<BreakerState> | undefined;
  #probing: Promise<boolean> | undefined;

  constructor(services: GuardServices) {
    this.#services = services;
  }

  /** Makes a call unless it must wait; `key` is the record that it is about. */
  async call<Value>(operation: string, key: string, make: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> {
    const { now, system } = this.#services;
    const refusal = await this.#refusal(operation);
    if (refusal !== undefined) return refusal;
    const beganMs = now();
    const outcome = await make();
    await this.#quietly(() => this.#report(outcome, operation, key));
    return outcome.kind === 'success' ? outcome : { ...outcome, system, beganMs };
  }

  /** Reports what one event met at the system, all its attempts together: a quiet pipeline has nothing else to go by. */
  async eventFailed(event: { failures: number; timedOut: boolean; firstFailureMs: number }): Promise<void> {
    const { answers, system } = this.#services;
    await this.#quietly(async () => {
      const noted = (await answers.lastSuccessMs(system)) ?? 0;
      const lastSuccessMs = Math.max(this.#window.lastSuccessMs ?? 0, noted) || undefined;
      if (eventShowsOutage(event, lastSuccessMs)) await this.#open('failures');
    });
  }

  /** What a call came to stands, whether or not the table can be told of it. */
  async #quietly(tell: () => Promise<void>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      const { system, telemetry } = this.#services;
      telemetry.warn('breaker not told', { system }, error);
    }
  }

  async #refusal(operation: string): Promise<Failure | undefined> {
    const state = await this.#state();
    if (state.state === 'closed') return undefined;
    const { now, random, policies } = this.#services;
    if (state.reason === 'operator')
      return { kind: 'busy', code: 'held', operation, retryAfterMs: policies.hold.waitMs };
    if (await this.#isBack(state)) return undefined;
    const due = this.#seen?.state.state === 'open' ? this.#seen.state.probeMs : now() + policies.breaker.probeMs;
    // Jitter only lengthens: before the probe there is nothing to come back for.
    const retryAfterMs = Math.max(1_000, due - now()) * (1 + random() / 10);
    return { kind: 'busy', code: `breaker-open-${state.reason}`, operation, retryAfterMs };
  }

  /** Whether a probe that was due showed the system to be back; what came along in the batch waits for the same probe. */
  async #isBack(state: BreakerState & { state: 'open' }): Promise<boolean> {
    if (this.#probing === undefined && state.probeMs > this.#services.now()) return false;
    this.#probing ??= this.#probe(state).finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  /** Leases the probe, makes it, and answers whether the system is back. */
  async #probe(state: BreakerState & { state: 'open' }): Promise<boolean> {
    const { system, now, policies, probe } = this.#services;
    const leased = probing(state, now(), policies.breaker);
    if (!(await this.#replace(state, leased))) return false;
    const outcome = await probe();
    if (outcome.kind === 'transient' || outcome.kind === 'auth') return false;
    if (outcome.kind !== 'success' && outcome.unasked) return false;
    this.#window = withCall(emptyWindow, false, now(), policies.breaker);
    // Lost: an operator holds the system meanwhile.
    if (!(await this.#replace(leased, closed(leased)))) return false;
    this.#services.telemetry.info('breaker closed', { system });
    return true;
  }

  async #report<Value>(outcome: Outcome<Value>, operation: string, key: string): Promise<void> {
    const { answers, now, policies, system } = this.#services;
    if (outcome.kind === 'auth') return this.#open('auth');
    if (outcome.kind !== 'success' && outcome.unasked) return;
    const failed = outcome.kind === 'transient';
    if (!outcome.told) this.#window = withCall(this.#window, failed, now(), policies.breaker);
    await answers.note(operation, key, outcome.kind === 'success');
    if (!failed) await answers.note(system, key, true);
    if (failed && seesOutage(this.#window, policies.breaker)) await this.#open('failures');
  }

  async #open(reason: 'failures' | 'auth'): Promise<void> {
    const { now, policies, telemetry, system } = this.#services;
    const seen = await this.#look();
    if (seen.state === 'open') return;
    if (!(await this.#replace(seen, opened(seen, reason, now(), policies.breaker)))) return;
    // What led to this opening must not lead to the next one.
    this.#window = { ...emptyWindow, lastSuccessMs: this.#window.lastSuccessMs };
    telemetry.count(metricNames.breakerOpened);
    telemetry.warn('breaker opened', { system, reason });
  }

  async #replace(seen: BreakerState, next: BreakerState): Promise<boolean> {
    const { health, system, now } = this.#services;
    const replaced = await health.replaceBreaker(system, seen, next);
    // Lost: somebody else was faster, and what they wrote counts.
    this.#seen = replaced ? { state: next, atMs: now() } : undefined;
    return replaced;
  }

  /** The shared state, at most `cacheMs` old. */
  #state(): Promise<BreakerState> {
    const { now, policies } = this.#services;
    const seen = this.#seen;
    const fresh = seen !== undefined && now() - seen.atMs < policies.breaker.cacheMs;
    return fresh ? Promise.resolve(seen.state) : this.#look();
  }

  #look(): Promise<BreakerState> {
    const { health, system, now } = this.#services;
    this.#looking ??= health
      .readBreaker(system)
      .then((state) => {
        this.#seen = { state, atMs: now() };
        return state;
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }
}
