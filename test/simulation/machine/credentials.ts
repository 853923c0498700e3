import type { CredentialSource } from '../../../functions/connectors/connector.ts';
import { type Outcome, success } from '../../../functions/engine/outcome.ts';
import type { SystemName } from '../systems/system.ts';
import type { Container } from './container.ts';
import type { Weather } from './weather.ts';

/** The secrets that sign our calls in, and what the systems take at present. */
export class Tokens {
  readonly #stored: Record<SystemName, string> = { stripe: 'stripe-1', salesforce: 'salesforce-1' };
  readonly #valid: Record<SystemName, string | undefined> = { stripe: 'stripe-1', salesforce: 'salesforce-1' };
  readonly #now: () => number;
  readonly #weather: Weather;
  #made = 1;

  constructor(now: () => number, weather: Weather) {
    this.#now = now;
    this.#weather = weather;
  }

  isAuthentic(system: SystemName, authorization: string): boolean {
    return authorization === `Bearer ${this.#valid[system]}`;
  }

  /** Somebody ends Salesforce's session, or replaces Stripe's key: the old one is refused at once. */
  replace(system: SystemName): void {
    this.#made += 1;
    const next = `${system}-${this.#made}`;
    this.#valid[system] = system === 'stripe' ? next : undefined;
    if (system === 'stripe') this.#stored[system] = next;
  }

  /** As one container has them: kept in memory until they are refused. */
  sourceFor(system: SystemName, container: Container): CredentialSource {
    let kept: string | undefined;
    let renewing: Promise<Outcome<string>> | undefined;
    const read = async () => {
      kept ??= await container.service(`read secret of ${system}`, () => this.#text(system));
      return success(kept);
    };
    const renew = async (refused: string | undefined) => {
      kept = undefined;
      const current = await read();
      if (system === 'stripe' || current.value !== refused) return current;
      const refreshed = await container.service('invoke refresh-token', () => this.#refresh(system));
      kept = undefined;
      return refreshed ? read() : tokenNotRefreshed;
    };
    return {
      get: () => orBusy(read),
      renew: (refused) => {
        renewing ??= orBusy(() => renew(refused)).finally(() => {
          renewing = undefined;
        });
        return renewing;
      },
    };
  }

  #refresh(system: SystemName): boolean {
    if (this.#weather.isRevoked(system, this.#now())) return false;
    this.#made += 1;
    const next = `${system}-${this.#made}`;
    this.#valid[system] = next;
    this.#stored[system] = next;
    return true;
  }

  #text(system: SystemName): string {
    const token = this.#stored[system];
    return JSON.stringify(
      system === 'stripe'
        ? { apiKey: token, url: 'https://stripe.test' }
        : { accessToken: token, instanceUrl: 'https://salesforce.test', issuedAt: 0 },
    );
  }
}

const tokenNotRefreshed = { kind: 'auth', code: 'token-not-refreshed', operation: 'credentials.read' } as const;

async function orBusy(read: () => Promise<Outcome<string>>): Promise<Outcome<string>> {
  try {
    return await read();
  } catch {
    return { kind: 'busy', code: 'secrets-unavailable', operation: 'credentials.read' };
  }
}
