import type { NoAnswer } from '../../../functions/aws/credentials.ts';
import { textHash } from '../../../functions/aws/text-hash.ts';
import { fetchToken } from '../../../functions/connectors/salesforce/client-credentials.ts';
import { tokenErrors } from '../../../functions/contract/token-errors.ts';
import { issuedMsOf, type RefreshAnswer, type RefreshRequest } from '../../../functions/contract/tokens.ts';
import { type RefreshServices, refresh, TokenRefreshError } from '../../../functions/refresh-token/refresh.ts';
import { createTokens } from '../../../functions/state/tokens.ts';
import { Container } from './container.ts';
import type { TokensParts } from './credentials.ts';
import { definitionOf } from './definition.ts';
import { functionTimeoutMs } from './event-source.ts';
import { integrationName, telemetryOf } from './parking-ports.ts';
import type { Secret } from './secret.ts';
import { reachTable } from './table.ts';

/** Numbers of the first container, far from those of the others. */
export const firstRefresher = 200_000;

const callTimeoutMs = 10_000;
const system = 'salesforce';
const credentials = JSON.stringify({ url: 'https://salesforce.test', clientId: 'millrace', clientSecret: 'secret' });

/** The real function that makes tokens: any number of runs at once, each in a container that has no other. */
export class RefreshFunction {
  readonly #parts: TokensParts;
  readonly #secret: Secret;
  #idle: Container[] = [];
  #started = 0;

  /** The token that the secret holds is in force. */
  constructor(parts: TokensParts, secret: Secret) {
    this.#parts = parts;
    this.#secret = secret;
    const text = secret.reader()();
    const state = { issuedMs: issuedMsOf(text), hash: textHash(text), early: 0, lease: undefined, refusal: undefined };
    void createTokens(parts.table, integrationName).replace(system, { ...state, generation: 'absent' }, state);
  }

  /** Runs by its schedule, too. */
  begin(): void {
    const { plan, scheduler } = this.#parts;
    if (plan.tokens.everyMs === Number.POSITIVE_INFINITY) return;
    scheduler.at(scheduler.nowMs + plan.tokens.everyMs, () => {
      void this.invoke(undefined);
      this.begin();
    });
  }

  /** One run, as whoever invoked it is told of it. */
  async invoke(request: RefreshRequest | undefined): Promise<RefreshAnswer | NoAnswer> {
    const { scheduler, random, trace, running } = this.#parts;
    const container = this.#idle.pop() ?? this.#start();
    await scheduler.sleep(random.chance(0.2) ? random.between(200, 800) : random.between(2, 20));
    trace.add({ kind: 'refresh', container: container.id, came: 'begun', scheduled: request === undefined });
    const endsAtMs = scheduler.nowMs + functionTimeoutMs;
    let hasEnded = false;
    scheduler.at(endsAtMs, () => {
      if (!hasEnded) container.die('timeout', 'refresh-token');
    });
    const run = running.run(container, () => refresh(request, this.#services(container, endsAtMs)));
    const answer = await Promise.race([container.death, run.catch(toNoAnswer)]);
    hasEnded = true;
    const came = answer === 'died' ? answer : answer.kind;
    trace.add({ kind: 'refresh', container: container.id, came, scheduled: request === undefined });
    if (container.isAlive) this.#idle.push(container);
    return answer === 'died' ? { kind: 'unavailable' } : answer;
  }

  #start(): Container {
    const { plan, random } = this.#parts;
    this.#started += 1;
    return new Container(firstRefresher + this.#started, random.int(-plan.skewMs, plan.skewMs), this.#parts);
  }

  #services(container: Container, endsAtMs: number): RefreshServices {
    const { plan, scheduler, trace, table, people, network, breakage } = this.#parts;
    const http: Parameters<typeof fetchToken>[1]['http'] = (request) =>
      container.reach('http', () => network.send(container.id, request));
    const services: RefreshServices = {
      system,
      tokens: createTokens(reachTable(table, container, trace, people).table, integrationName),
      rules: definitionOf(plan).policies.auth,
      readCredentials: () => container.service('read client secret', () => credentials),
      fetchToken: (text) => fetchToken(text, { http, now: container.now, timeoutMs: callTimeoutMs }),
      storeToken: (token) => container.service('store token', () => this.#secret.write(token)),
      telemetry: telemetryOf(container, trace),
      now: container.now,
      remainingMs: () => endsAtMs - scheduler.nowMs,
      newId: () => `${container.id}-${scheduler.nowMs}`,
    };
    return breakage.refresh?.(services) ?? services;
  }
}

/** What Lambda tells of an error is its name. */
function toNoAnswer(error: unknown): NoAnswer {
  const isRefused = error instanceof TokenRefreshError && error.name === tokenErrors.refused;
  return { kind: isRefused ? 'refused' : 'unavailable' };
}
