import type { HttpResponse } from '../../../functions/connectors/connector.ts';
import type { Random } from '../machine/random.ts';
import type { TokenPlan } from '../plan.ts';
import { answer, type Refusal, type SystemName } from './system.ts';

export interface SessionsParts {
  readonly now: () => number;
  readonly random: Random;
  readonly tokens: TokenPlan;
}

interface Session {
  readonly system: SystemName;
  /** From then on it is known everywhere in the system. */
  readonly knownMs: number;
  readonly endsMs: number;
}

/** Whom the two systems let in: Salesforce's sessions, which end, and Stripe's key. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #open = new Map<string, Session>();
  #made = 0;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  isAuthentic(system: SystemName, authorization: string): boolean {
    const { now, random } = this.#parts;
    const session = this.#open.get(authorization.replace('Bearer ', ''));
    if (session === undefined || session.system !== system || now() >= session.endsMs) return false;
    return now() >= session.knownMs || random.chance(0.5);
  }

  /** Lets somebody in; answers what to sign in with. */
  open(system: SystemName): string {
    const { now, tokens } = this.#parts;
    this.#made += 1;
    const token = `${system}-${this.#made}`;
    const { lastsMs, knownAfterMs } = system === 'stripe' ? forEver : tokens;
    this.#open.set(token, { system, knownMs: now() + knownAfterMs, endsMs: now() + lastsMs });
    return token;
  }

  /** Everybody is shut out who was let in before. */
  endAll(system: SystemName): void {
    for (const [token, session] of this.#open) if (session.system === system) this.#open.delete(token);
  }

  /** What Salesforce's token endpoint answers; limits and locks are no matter of its. */
  signIn(host: string, refusal: Refusal | undefined): HttpResponse {
    const refused = refusal && refusals[refusal];
    if (refused !== undefined) return answer(...refused);
    return answer(200, { access_token: this.open('salesforce'), instance_url: `https://${host}` });
  }
}

const forEver = { lastsMs: Number.POSITIVE_INFINITY, knownAfterMs: 0 };

const refusals: Partial<Record<Refusal, [status: number, body: object]>> = {
  unavailable: [503, {}],
  'internal-error': [500, {}],
  'too-many': [429, {}],
  'not-authenticated': [400, { error: 'invalid_grant' }],
};
