import { refreshedCredentials } from '../../../../functions/aws/credentials.ts';
import { keepText } from '../../../../functions/aws/secret-reader.ts';
import type { CredentialSource } from '../../../../functions/connectors/connector.ts';
import type { RefreshRequest } from '../../../../functions/contract/tokens.ts';
import { type Outcome, success } from '../../../../functions/engine/outcome.ts';
import { type RefreshServices, refresh, TokenRefreshError } from '../../../../functions/refresh-token/refresh.ts';
import { createTokens } from '../../../../functions/state/tokens.ts';
import { MemoryTable } from '../../deliver-event/support/state-table.ts';
import { KeptTelemetry } from '../../deliver-event/support/telemetry.ts';

/** As delivery's defaults are. */
export const rules = { waitMs: 30_000, settlingMs: 10_000, renewAfterMs: 60_000 };

export const refusal = {
  failure: { kind: 'auth', code: 'INVALID_SESSION_ID', operation: 'crm.read', status: 401 },
  timeoutMs: 10_000,
} as const;

/** A system's tokens, and all that has to do with them, on a clock of the test's own. */
export class TokenWorld {
  nowMs = Date.parse('2026-11-20T08:00:00.000Z');
  readonly table: MemoryTable;
  readonly telemetry = new KeptTelemetry();
  readonly system: string;
  /** The operator's secret. */
  credentials: string | undefined = 'client';
  /** How long the token's secret goes on showing what it held before. */
  shownAfterMs = 0;
  readonly #versions: { text: string; fromMs: number }[] = [];
  /** The credentials of each call to the token endpoint. */
  readonly asked: string[] = [];
  /** What the token endpoint answers; a new token unless a test says otherwise. */
  answer: () => Promise<Outcome<string>> = async () => success(this.newToken());
  reads = 0;
  #made = 0;

  constructor(system = 'crm', table = new MemoryTable()) {
    this.system = system;
    this.table = table;
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }

  newToken(): string {
    this.#made += 1;
    return JSON.stringify({ accessToken: `${this.system}-${this.#made}`, issuedAt: this.nowMs });
  }

  /** All that was stored, oldest first: names of tokens. */
  get stored(): string[] {
    return this.#versions.map(({ text }) => nameOf(text));
  }

  /** The text that was stored last, or before that. */
  textOf(name: string): string {
    return this.#versions.find(({ text }) => nameOf(text) === name)?.text ?? '';
  }

  store(text: string): void {
    this.#versions.push({ text, fromMs: this.nowMs + (this.#versions.length === 0 ? 0 : this.shownAfterMs) });
  }

  /** What the token's secret shows at present. */
  shown(): string | undefined {
    this.reads += 1;
    return this.#versions.findLast(({ fromMs }) => fromMs <= this.nowMs)?.text;
  }

  /** One run of the function. */
  run(request?: RefreshRequest, differs: Partial<RefreshServices> = {}) {
    return refresh(request, {
      system: this.system,
      tokens: createTokens(this.table, 'test'),
      rules,
      readCredentials: async () => this.credentials,
      fetchToken: (credentials) => {
        this.asked.push(credentials);
        return this.answer();
      },
      storeToken: async (token) => this.store(token),
      telemetry: this.telemetry,
      now: () => this.nowMs,
      remainingMs: () => 30_000,
      newId: () => crypto.randomUUID(),
      ...differs,
    });
  }

  /** One container of a delivery function: what it signs in with. `asks`: how often it asked the function. */
  container(): CredentialSource & { asks: number } {
    const source = refreshedCredentials({
      secret: keepText(async () => this.shown(), this.#now),
      ask: async (refused) => {
        container.asks += 1;
        try {
          return await this.run({ refused });
        } catch (error) {
          const isRefusal = error instanceof TokenRefreshError && error.name === 'TokenRefusedError';
          return { kind: isRefusal ? 'refused' : 'unavailable' };
        }
      },
      now: this.#now,
      sleep: async (ms) => {
        await new Promise((resolve) => setImmediate(resolve));
        this.advance(ms);
      },
      random: () => 0.5,
    });
    const container = { ...source, asks: 0 };
    return container;
  }

  readonly #now = () => this.nowMs;
}

/** The name of a token, by its secret's text. */
function nameOf(text: string): string {
  return (JSON.parse(text) as { accessToken: string }).accessToken;
}

/** A world whose first token is so old, and so many containers that hold it; it has just ended. */
export async function anEndedToken(containers: number, ageMs = 40 * 60_000) {
  const world = new TokenWorld();
  await world.run();
  world.advance(ageMs);
  const all = Array.from({ length: containers }, () => world.container());
  await Promise.all(all.map((container) => container.get()));
  const ended = world.textOf('crm-1');
  const renew = (container: (typeof all)[number], refused = ended) => container.renew(refused, refusal);
  return { world, all, ended, renew, one: all[0]! };
}

/** The name of the token that a renewal came to, or why there is none. */
export function nameIn(outcome: Outcome<string>): string {
  return outcome.kind === 'success' ? nameOf(outcome.value) : outcome.code;
}
