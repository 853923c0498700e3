import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Connection } from 'jsforce';
import Stripe from 'stripe';
import { inject } from 'vitest';
import { request } from '../../support/request.ts';
import { waitFor } from '../../support/wait-for.ts';
import { aPerson, asAccount, asCustomer } from './people.ts';

export const systemNames = ['stripe', 'salesforce'] as const;
export type SystemName = (typeof systemNames)[number];

/** The official client on the simulated Stripe. */
export function stripeClient(): Stripe {
  const { url, apiKeyFile } = inject('pipeline').systems.stripe;
  const { hostname, port } = new URL(url);
  const options = { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false } as const;
  return new Stripe(readFileSync(apiKeyFile, 'utf8'), options);
}

/** Options of a Stripe call whose webhook is dropped as an echo: for records that a test announces itself. */
export const asEcho = () => ({ idempotencyKey: `millrace:${randomUUID()}` });

/** What jsforce asks with, besides its token: as `millrace`, its changes are dropped as echoes. */
export async function salesforceClient(client?: 'millrace'): Promise<Connection> {
  const { url, clientId, clientSecretFile } = inject('pipeline').systems.salesforce;
  const connection = new Connection({
    instanceUrl: url,
    version: '66.0',
    ...(client && { callOptions: { client } }),
  });
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: readFileSync(clientSecretFile, 'utf8'),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await request(`${url}/services/oauth2/token`, { headers, body: body.toString() });
  connection.accessToken = (JSON.parse(answer.body) as { access_token: string }).access_token;
  return connection;
}

export type Account = Readonly<Record<string, string | null>> & { readonly Id: string };

const accountFields =
  'Id, Name, Phone, BillingStreet, BillingCity, BillingState, BillingPostalCode, BillingCountry, Billing_Email__c, Stripe_Customer_Id__c';

/** The Accounts in which a field has a value. */
export async function findAccounts(salesforce: Connection, field: string, value: string): Promise<Account[]> {
  const quoted = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const { records } = await salesforce.query(`SELECT ${accountFields} FROM Account WHERE ${field} = '${quoted}'`);
  return records as unknown as Account[];
}

/** Waits for the Account of a Customer. */
export function accountOf(salesforce: Connection, customerId: string, timeoutMs?: number): Promise<Account> {
  const look = async () => (await findAccounts(salesforce, 'Stripe_Customer_Id__c', customerId))[0];
  return waitFor(look, { what: `an Account of ${customerId}`, ...(timeoutMs && { timeoutMs }) });
}

/** Waits until an Account names its Customer, and fetches that. */
export async function customerOf(salesforce: Connection, accountId: string, timeoutMs?: number) {
  const look = async () => (await findAccounts(salesforce, 'Id', accountId))[0]?.Stripe_Customer_Id__c;
  const id = await waitFor(look, { what: `a Customer of ${accountId}`, ...(timeoutMs && { timeoutMs }) });
  return (await stripeClient().customers.retrieve(id)) as Stripe.Customer;
}

/** Waits until a Customer names its Account: the last write of a delivery from Stripe; resolves to the Account's id. */
export function linkOf(stripe: Stripe, customerId: string, timeoutMs?: number): Promise<string> {
  const look = async () => {
    const customer = await stripe.customers.retrieve(customerId);
    return customer.deleted ? undefined : customer.metadata.salesforce_account_id;
  };
  return waitFor(look, { what: `${customerId} names its Account`, ...(timeoutMs && { timeoutMs }) });
}

/**
 * Delivers one event each way: afterwards every function has a process, and deliveries have a token for Salesforce. One
 * after the other, or each would fetch a token of its own.
 */
export async function warmUp(stripe: Stripe, salesforce: Connection): Promise<void> {
  const customer = await stripe.customers.create(asCustomer(aPerson()));
  await linkOf(stripe, customer.id);
  const { id } = await salesforce.sobject('Account').create(asAccount(aPerson()));
  await customerOf(salesforce, String(id));
}

/** The `customer.created` event of a Customer, as Stripe sent or would send it. */
export async function createdEvent(stripe: Stripe, customerId: string): Promise<Stripe.Event> {
  const { data } = await stripe.events.list({ type: 'customer.created', limit: 100 });
  const event = data.find((each) => (each.data.object as Stripe.Customer).id === customerId);
  if (event === undefined) throw new Error(`Stripe's last hundred events lack the creation of ${customerId}.`);
  return event;
}

/** One call that a simulated system received. */
export interface Call {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly fault: string | null;
}

/** Every call that a simulated system received, also those of tests; asking is none itself. */
export async function callsTo(system: SystemName): Promise<Call[]> {
  const { body } = await request(`${inject('pipeline').systems[system].url}/_calls`);
  return JSON.parse(body) as Call[];
}

/** Whether a call is the breaker's harmless read: of either system. */
export const isProbe = ({ method, path }: Call) =>
  method === 'GET' && (path === '/v1/balance' || path.endsWith('/limits'));

/** When a call was received, Unix milliseconds. */
export const timeOfCall = ({ time }: Call) => Date.parse(time);

/** How many calls both systems received. */
export async function countCalls(): Promise<number> {
  const [stripe, salesforce] = await Promise.all([callsTo('stripe'), callsTo('salesforce')]);
  return stripe.length + salesforce.length;
}

/** Makes a simulated system fail, for everybody: also for the test's own clients. */
export async function setFault(system: SystemName, fault: object): Promise<void> {
  const url = `${inject('pipeline').systems[system].url}/_faults`;
  const { status, body } = await request(url, { body: JSON.stringify(fault) });
  if (status !== 201) throw new Error(`The fault was refused: ${body}`);
}

/** For `afterEach`: no fault may outlive its test. */
export async function clearFaults(): Promise<void> {
  const { systems } = inject('pipeline');
  await Promise.all(
    [systems.stripe, systems.salesforce].map(({ url }) => request(`${url}/_faults`, { method: 'DELETE' })),
  );
}
