import type { HttpResponse } from '../../../functions/connectors/connector.ts';
import { type Allowance, dayMs, type Plan, secondMs } from '../plan.ts';
import type { Refusal, SystemName } from '../systems/system.ts';
import type { Random } from './random.ts';

export interface GateParts {
  readonly startMs: number;
  readonly now: () => number;
  readonly random: Random;
}

/** Why a call is not let in, and what its answer tells besides. */
export interface ShutOut {
  readonly as: Refusal;
  readonly headers: HttpResponse['headers'];
}

/** A gate before each system that does not allow everything. */
export function gatesOf({ allowances }: Plan, parts: GateParts): Partial<Record<SystemName, Gate>> {
  const { stripe, salesforce } = allowances;
  return {
    ...(stripe && { stripe: new Gate(stripe, parts) }),
    ...(salesforce && { salesforce: new Gate(salesforce, parts) }),
  };
}

/** What a system truly allows, by its own clock: so many calls a second, and in any 24 hours, whoever makes them. */
export class Gate {
  readonly #allowance: Allowance;
  readonly #parts: GateParts;
  /** Of the last 24 hours. */
  #served: number[] = [];
  /** Calls that may come at once now, and since when that was so. */
  #free: number;
  #freeMs: number;

  constructor(allowance: Allowance, parts: GateParts) {
    this.#allowance = allowance;
    this.#parts = parts;
    this.#free = allowance.perSecond?.burst ?? 0;
    this.#freeMs = parts.now();
  }

  /** Counts a call, or shuts it out. */
  ask(): ShutOut | undefined {
    const now = this.#parts.now();
    if (!this.#hasTurn(now)) return { as: 'too-many', headers: this.#hint(now) };
    const { perDay } = this.#allowance;
    if (perDay !== undefined && this.#used(now) >= perDay.max) return { as: 'quota', headers: {} };
    this.#served.push(now);
    return undefined;
  }

  /** What every answer tells. */
  told(): HttpResponse['headers'] {
    const { perDay } = this.#allowance;
    if (perDay === undefined) return {};
    const used = this.#used(this.#parts.now());
    return { 'sforce-limit-info': `api-usage=${used}/${perDay.max}` };
  }

  #hasTurn(now: number): boolean {
    const { perSecond } = this.#allowance;
    if (perSecond === undefined) return true;
    const { rate, burst } = perSecond;
    this.#free = Math.min(burst, this.#free + ((now - this.#freeMs) * rate) / secondMs);
    this.#freeMs = now;
    if (this.#free < 1) return false;
    this.#free -= 1;
    return true;
  }

  #used(now: number): number {
    this.#served = this.#served.filter((atMs) => atMs > now - dayMs);
    const sinceMs = now - this.#parts.startMs;
    const spells = this.#allowance.perDay?.others ?? [];
    const others = spells.filter(({ fromMs, toMs }) => sinceMs >= fromMs && sinceMs < toMs);
    return this.#served.length + others.reduce((sum, { used }) => sum + used, 0);
  }

  #hint(now: number): HttpResponse['headers'] {
    const { random } = this.#parts;
    const { hints = ['none'], hintSeconds = 5 } = this.#allowance.perSecond ?? {};
    const hint = random.pick(hints);
    const seconds = random.int(1, hintSeconds);
    if (hint === 'none') return {};
    return { 'retry-after': hint === 'seconds' ? String(seconds) : new Date(now + seconds * secondMs).toUTCString() };
  }
}
