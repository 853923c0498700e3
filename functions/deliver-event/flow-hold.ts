import type { HealthStore, Hold } from '../contract/health.ts';
import { contended, whileContended } from '../engine/contended.ts';
import type { Policies } from '../specification/policies.ts';
import { type Answers, completions } from './answers.ts';

export interface FlowHoldServices {
  readonly flow: string;
  readonly health: HealthStore;
  readonly answers: Answers;
  readonly policies: Policies;
  now(): number;
}

/** A flow's switch: an operator throws it, and so does one refusal that meets record after record. */
export class FlowHold {
  readonly #services: FlowHoldServices;
  #seen: { reason: string | undefined; atMs: number } | undefined;

  constructor(services: FlowHoldServices) {
    this.#services = services;
  }

  /** Why the flow is held, at most `breaker.cacheMs` old; undefined while it runs. */
  async reason(): Promise<string | undefined> {
    const { now, policies } = this.#services;
    const seen = this.#seen;
    if (seen !== undefined && now() - seen.atMs < policies.breaker.cacheMs) return seen.reason;
    return (await this.#read()).reason;
  }

  /**
   * Counts a refusal for good. Several in a row by one code, of different records and with no success between, are not
   * the events' fault (somebody renamed a field): the flow is held, and nothing more is parked. Answers whether it is.
   */
  async refused(code: string, key: string): Promise<boolean> {
    const { answers, flow, health, now } = this.#services;
    // Noted so seldom, a success between two refusals would not be seen.
    answers.awaitSuccess(completions(flow));
    // Deliveries and operators throw it at once.
    return whileContended(`The switch of ${flow}`, async () => {
      const seen = await this.#read();
      const successMs = (await answers.lastSuccessMs(completions(flow))) ?? 0;
      const next = this.#counted(seen, code, key, successMs);
      if (!(await health.replaceHold(flow, seen, next))) return contended;
      this.#seen = { reason: next.reason, atMs: now() };
      return next.reason !== undefined;
    });
  }

  #counted({ refused, reason: held }: Hold, code: string, key: string, successMs: number): Omit<Hold, 'generation'> {
    const { now, policies } = this.#services;
    const goesOn = refused !== undefined && refused.code === code && successMs < refused.sinceMs;
    const keys = goesOn ? [...new Set([...refused.keys, key])] : [key];
    // What was under way when the flow was held must not release it.
    const reason = held ?? (keys.length >= policies.hold.refusals ? `refused: ${code}` : undefined);
    return { reason, refused: { code, keys, sinceMs: goesOn ? refused.sinceMs : now() } };
  }

  async #read(): Promise<Hold> {
    const { health, flow, now } = this.#services;
    const hold = await health.readHold(flow);
    this.#seen = { reason: hold.reason, atMs: now() };
    return hold;
  }
}
