import { type LimitState, type TrafficClass, trafficClasses } from '../contract/limits.ts';
import { type Pace, type Permit, paceOf, permitWaitMs } from '../engine/limits.ts';
import { type BudgetServices, DailyBudget } from './daily-budget.ts';
import { type Leasing, leasePermits } from './lease-permits.ts';

export interface LimiterServices extends BudgetServices {
  sleep(ms: number): Promise<void>;
}

/** A call that wants to be made. */
export interface Ask {
  /** `probe`: it is counted, and keeps to the rate, but may be made when the day's calls are spent. */
  readonly trafficClass: TrafficClass | 'probe';
  /** How long it can wait here for its turn, in milliseconds. */
  readonly patienceMs: number;
}

/** The call can't be made now. */
export interface Deferral {
  readonly code: 'rate-limited' | 'budget-spent';
  /** The expected wait, in milliseconds. */
  readonly waitMs: number;
}

type Answer = { readonly permit: Permit } | Deferral;

interface Waiting {
  readonly trafficClass: TrafficClass;
  readonly patienceMs: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** The queue counts in whole seconds. */
const shortestWaitMs = 1_000;

/** Permits that lapse before they are used are asked for again, so often. */
const tries = 3;

/** A system that asks for more is asked again by then, in milliseconds: an odd answer must not stop everything for days. */
const longestHoldMs = 60 * 60 * 1000;

/**
 * Keeps one container's calls to one system within the limits that it shares with all others. A call that must wait
 * longer than it can goes back to the queue for the expected time: a limit counts no attempt and parks nothing.
 */
export class Limiter {
  /** Of the day's calls. */
  readonly budget: DailyBudget;
  readonly #services: LimiterServices;
  readonly #pace: Pace;
  readonly #leasing: Leasing;
  #waiting: Waiting[] = [];
  #isServing = false;

  constructor(services: LimiterServices) {
    this.budget = new DailyBudget(services);
    this.#services = services;
    this.#pace = paceOf(services.limits);
    this.#leasing = { system: services.system, pace: this.#pace, store: services.store, now: services.now };
  }

  /** Resolves when the call may be begun, or to the deferral that it is told instead. */
  async permit(ask: Ask): Promise<Deferral | undefined> {
    const { now, sleep } = this.#services;
    for (let tried = 0; tried < tries; tried += 1) {
      const answer = await this.#answerTo(ask);
      if (!('permit' in answer)) return { ...answer, waitMs: Math.max(shortestWaitMs, answer.waitMs) };
      const { fromMs, untilMs } = answer.permit;
      if (fromMs > now()) await sleep(fromMs - now());
      if (now() <= untilMs) return undefined;
    }
    return { code: 'rate-limited', waitMs: shortestWaitMs };
  }

  /** The system refused a call since there were too many lately, and said when the next one may come. */
  async holdFor(retryAfterMs: number): Promise<void> {
    const { store, system, now, limits } = this.#services;
    if (limits.perSecond === undefined) return;
    const { toleranceMs, slackMs } = this.#pace;
    await store.holdUntil(system, now() + Math.min(retryAfterMs, longestHoldMs) + toleranceMs - slackMs);
  }

  #answerTo({ trafficClass, patienceMs }: Ask): Promise<Answer> {
    // Those who wait may be waiting for what the probe brings.
    if (trafficClass === 'probe') return this.#probePermit(patienceMs);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ trafficClass, patienceMs, resolve, reject });
      if (!this.#isServing) void this.#serve();
    });
  }

  async #probePermit(patienceMs: number): Promise<Answer> {
    const { permits, state } = await leasePermits(this.#leasing, 1, patienceMs);
    this.budget.see(state);
    const [permit] = permits;
    return permit === undefined ? this.#rateLimited(state, 0) : { permit };
  }

  /** Those who ask while a lease is under way share the next one. */
  async #serve(): Promise<void> {
    this.#isServing = true;
    // Groups of one batch ask in the same moment.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const rank = ({ trafficClass }: Waiting) => trafficClasses.indexOf(trafficClass);
      const waiting = this.#waiting.splice(0).toSorted((one, other) => rank(one) - rank(other));
      try {
        await this.#grant(waiting);
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    // In the same step as the look that found nobody: who comes now is not left waiting.
    this.#isServing = false;
  }

  async #grant(waiting: readonly Waiting[]): Promise<void> {
    const { budget } = this;
    // Live ones come first: each counts those before it.
    const seen = await budget.look(waiting.at(-1)?.trafficClass ?? 'live');
    const over = new Set(waiting.filter(({ trafficClass }, nth) => budget.isSpent(seen, trafficClass, nth + 1)));
    for (const { trafficClass, resolve } of over) resolve(this.#spent(seen, trafficClass));
    const within = waiting.filter((one) => !over.has(one));
    if (within.length === 0) return;
    const patienceMs = Math.max(0, Math.min(...within.map((one) => one.patienceMs)));
    const { permits, state } = await leasePermits(this.#leasing, within.length, patienceMs);
    budget.see(state);
    for (const [nth, { trafficClass, resolve }] of within.entries()) {
      const permit = permits[nth];
      // Others may have leased in the same moment: permits that go over the budget are not used.
      const isOver = budget.isSpent(state, trafficClass, nth + 1 - permits.length);
      if (permit === undefined) resolve(this.#rateLimited(state, nth - permits.length));
      else resolve(isOver ? this.#spent(state, trafficClass) : { permit });
    }
  }

  #spent(state: LimitState, of: TrafficClass): Deferral {
    return { code: 'budget-spent', waitMs: this.budget.waitMs(state, of) };
  }

  /** The turn of the nth of those that wait, from 0. */
  #rateLimited(state: LimitState, nth: number): Deferral {
    const waitMs = permitWaitMs(this.#pace, state, this.#services.now()) + nth * this.#pace.intervalMs;
    return { code: 'rate-limited', waitMs };
  }
}
