import type { AsyncLocalStorage } from 'node:async_hooks';
import { keptCredentials, type RenewalPorts, refreshedCredentials } from '../../../functions/aws/credentials.ts';
import { keepText } from '../../../functions/aws/secret-reader.ts';
import type { CredentialSource } from '../../../functions/connectors/connector.ts';
import type { MemoryTable } from '../../functions/deliver-event/support/state-table.ts';
import type { Breakage } from '../breakage.ts';
import { minuteMs, type Plan } from '../plan.ts';
import type { Sessions } from '../systems/sessions.ts';
import type { SystemName } from '../systems/system.ts';
import type { Trace } from '../trace.ts';
import type { Container, OwnTrouble } from './container.ts';
import type { Network } from './network.ts';
import type { People } from './people.ts';
import type { Random } from './random.ts';
import { RefreshFunction } from './refresh-function.ts';
import type { Scheduler } from './scheduler.ts';
import { Secret } from './secret.ts';

export interface TokensParts {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly table: MemoryTable;
  readonly people: People;
  readonly network: Network;
  readonly sessions: Sessions;
  readonly running: AsyncLocalStorage<Container>;
  readonly breakage: Breakage;
  trouble(): OwnTrouble;
}

/** The secrets that sign our calls in, and the function that renews Salesforce's. */
export class Tokens {
  readonly #secrets: Readonly<Record<SystemName, Secret>>;
  readonly #refresher: RefreshFunction;
  readonly #parts: TokensParts;

  constructor(parts: TokensParts) {
    const { sessions, scheduler, random, plan } = parts;
    const keeping = { now: () => scheduler.nowMs, random: random.fork(), shownWithinMs: plan.tokens.shownWithinMs };
    const accessToken = sessions.open('salesforce');
    const token = { accessToken, instanceUrl: 'https://salesforce.test', issuedAt: scheduler.nowMs - 30 * minuteMs };
    this.#parts = parts;
    this.#secrets = {
      stripe: new Secret(keyText(sessions.open('stripe')), keeping),
      salesforce: new Secret(JSON.stringify(token), keeping),
    };
    this.#refresher = new RefreshFunction(parts, this.#secrets.salesforce);
    this.#refresher.begin();
  }

  /** Somebody ends Salesforce's sessions, or replaces Stripe's key: the old ones are refused at once. */
  replace(system: SystemName): void {
    const { sessions } = this.#parts;
    sessions.endAll(system);
    if (system === 'stripe') this.#secrets.stripe.write(keyText(sessions.open('stripe')));
  }

  /** As one container has them. */
  sourceFor(system: SystemName, container: Container): CredentialSource {
    const { scheduler, random } = this.#parts;
    const shown = this.#secrets[system].reader();
    const secret = keepText(() => container.service(`read secret of ${system}`, shown), container.now);
    if (system === 'stripe') return keptCredentials(secret);
    return refreshedCredentials({
      secret,
      ask: (refused, timeoutMs) => this.#ask(container, refused, timeoutMs),
      now: container.now,
      sleep: (ms) => container.reach('sleep', () => scheduler.sleep(ms)),
      random: random.fork().next,
    });
  }

  /** Invokes the function; where Lambda itself fails nobody was asked. */
  async #ask(container: Container, refused: string | null, timeoutMs: number): ReturnType<RenewalPorts['ask']> {
    const { scheduler } = this.#parts;
    const unreachable = { kind: 'unreachable' } as const;
    try {
      await container.service('invoke refresh-token', () => {});
    } catch {
      return unreachable;
    }
    const run = this.#refresher.invoke({ refused });
    const tooLate = scheduler.sleep(timeoutMs).then(() => unreachable);
    return container.reach('refresh-token', () => Promise.race([run, tooLate]));
  }
}

function keyText(apiKey: string): string {
  return JSON.stringify({ apiKey, url: 'https://stripe.test' });
}
