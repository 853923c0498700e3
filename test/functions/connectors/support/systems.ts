import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type {
  CallContext,
  Connect,
  ConnectorServices,
  CredentialSource,
  Write,
} from '../../../../functions/connectors/connector.ts';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import { fetchToken } from '../../../../functions/connectors/salesforce/client-credentials.ts';
import { connect as connectSalesforce } from '../../../../functions/connectors/salesforce/connector.ts';
import { connect as connectStripe } from '../../../../functions/connectors/stripe/connector.ts';
import type { Outcome } from '../../../../functions/engine/outcome.ts';
import { success } from '../../../../functions/engine/outcome.ts';
import { createIntents } from '../../../../functions/state/intents.ts';
import { customerAccount } from '../../../../integrations/salesforce-stripe/mappings/customer-account.ts';
import { startSimulatedSalesforce } from '../../../../local/simulated/salesforce/server.ts';
import { startSimulatedStripe } from '../../../../local/simulated/stripe/server.ts';
import { MemoryTable } from '../../deliver-event/support/state-table.ts';

export const apiKey = 'sk_test_secret';
export const client = { clientId: 'consumer-key', clientSecret: 'consumer-secret' };
export const customer = customerAccount.left;
export const account = customerAccount.right;

/** A call that may take its time, unless the test says otherwise. */
export function aCall(timeoutMs = 5_000, differs: Partial<CallContext> = {}): CallContext {
  const event = { correlationId: 'corr-1', traceparent: undefined, key: 'key-1', alone: false };
  return { ...event, timeoutMs: () => timeoutMs, ...differs };
}

/** Credentials in memory: `texts` in turn, the last one again, each renewal one further. */
export class HeldCredentials implements CredentialSource {
  readonly refused: (string | undefined)[] = [];
  readonly #texts: readonly Outcome<string>[];

  constructor(...texts: (string | Outcome<string>)[]) {
    this.#texts = texts.map((text) => (typeof text === 'string' ? success(text) : text));
  }

  async get(): Promise<Outcome<string>> {
    return this.#at(0);
  }

  async renew(refused: string | undefined): Promise<Outcome<string>> {
    this.refused.push(refused);
    return this.#at(this.refused.length);
  }

  #at(index: number): Outcome<string> {
    return this.#texts[Math.min(index, this.#texts.length - 1)] ?? success('');
  }
}

let ids = 0;

/** A connector over real HTTP, with no breaker before it, and what it signs in with. */
export function connected(
  connect: Connect,
  apiVersion: string,
  credentials: CredentialSource,
  differs: Partial<ConnectorServices> = {},
) {
  return connect({
    apiVersion,
    credentials,
    http: createHttp(),
    intents: createIntents(new MemoryTable(), 'test'),
    landsWithinMs: 70_000,
    sharing: { reads: 10, writes: 10 },
    guard: (_operation, _key, make) => make(),
    now: Date.now,
    sleep: (ms) => setTimeout(ms),
    newId: () => `id-${++ids}`,
    ...differs,
  });
}

type Differs = Partial<ConnectorServices>;

export const stripeAt = (credentials: CredentialSource, differs?: Differs) =>
  connected(connectStripe, '2026-10-28.endive', credentials, differs);
export const salesforceAt = (credentials: CredentialSource, differs?: Differs) =>
  connected(connectSalesforce, '66.0', credentials, differs);
export const stripeSecret = (url: string, key = apiKey) => JSON.stringify({ apiKey: key, url });
export const salesforceToken = (instanceUrl: string, accessToken = 'token') =>
  JSON.stringify({ accessToken, instanceUrl, issuedAt: 0 });

/** A write of a pair that isn't linked yet. */
export function aWrite(differs: Partial<Write> & Pick<Write, 'object' | 'link'>): Write {
  return { id: undefined, fields: {}, eventKey: 'event-1', ...differs };
}

export const aCustomerWrite = (differs: Partial<Write> = {}) =>
  aWrite({
    object: customer,
    link: { field: 'metadata.salesforce_account_id', value: '001000000000001AAA' },
    ...differs,
  });

export const anAccountWrite = (differs: Partial<Write> = {}) =>
  aWrite({ object: account, link: { field: 'Stripe_Customer_Id__c', value: 'cus_1' }, ...differs });

/** The simulated Stripe, our connector to it, and a way to look at it from outside. */
export async function simulatedStripe(now?: () => number) {
  const system = await startSimulatedStripe({ apiKey, ...(now && { now }) });
  onTestFinished(system.stop);
  const look = async (path: string) => {
    const answer = await fetch(system.url + path, { headers: { authorization: `Bearer ${apiKey}` } });
    return (await answer.json()) as { data: Record<string, unknown>[] } & Record<string, unknown>;
  };
  const credentials = new HeldCredentials(stripeSecret(system.url));
  const connect = { connect: connectStripe, apiVersion: '2026-10-28.endive', credentials };
  return { ...controls(system.url), ...connect, url: system.url, look, connector: stripeAt(credentials) };
}

/** The simulated Salesforce with a living token. */
export async function simulatedSalesforce() {
  const system = await startSimulatedSalesforce(client);
  onTestFinished(system.stop);
  const operator = JSON.stringify({ url: system.url, ...client });
  const freshToken = async () => {
    const token = await fetchToken(operator, { http: createHttp(), now: Date.now, timeoutMs: 5_000 });
    if (token.kind !== 'success') throw new Error(token.code);
    return token.value;
  };
  const token = await freshToken();
  const { accessToken } = JSON.parse(token) as { accessToken: string };
  const look = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${system.url}/services/data/v66.0${path}`, { ...init, headers });
    const text = await answer.text();
    return (text === '' ? {} : JSON.parse(text)) as { records: Record<string, unknown>[] } & Record<string, unknown>;
  };
  const credentials = new HeldCredentials(token);
  const connector = salesforceAt(credentials);
  const connect = { connect: connectSalesforce, apiVersion: '66.0', credentials };
  return { ...controls(system.url), ...connect, url: system.url, operator, freshToken, token, look, connector };
}

/** `/_faults` and `/_calls` of a simulated system. */
function controls(url: string) {
  return {
    fault: async (fault: object) => {
      const answer = await fetch(`${url}/_faults`, { method: 'POST', body: JSON.stringify(fault) });
      if (answer.status !== 201) throw new Error(await answer.text());
    },
    calls: async () => {
      const answer = await fetch(`${url}/_calls`);
      return (await answer.json()) as { method: string; path: string; status: number | null; fault: string | null }[];
    },
  };
}
