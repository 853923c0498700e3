import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { LocalFile } from '../../local/local-file.ts';
import { request } from '../support/request.ts';

const version = '/services/data/v67.0';
const text = v.nullable(v.string());
const token = v.object({ access_token: v.string() });
const queried = v.object({
  records: v.array(v.object({ Id: v.string(), Stripe_Customer_Id__c: text, Phone: text })),
});
const customer = v.object({ id: v.string(), phone: text, metadata: v.record(v.string(), v.string()) });
const customers = v.object({ data: v.array(customer) });
const calls = v.array(v.unknown());

/** One customer, as one of the systems sees it. */
export interface Seen {
  readonly phone: string | null;
  /** Its Account; undefined in Stripe before the link is written there. */
  readonly accountId: string | undefined;
}

/** The simulated systems as a user of them sees them: by HTTP. */
export interface BenchSystems {
  createCustomer(phone: string): Promise<string>;
  setCustomerPhone(id: string, phone: string): Promise<void>;
  setAccountPhone(id: string, phone: string): Promise<void>;
  /** Everything that one system holds, by the Stripe customer's id; at most 100. One call, however many wait for it. */
  readStripe(): Promise<Map<string, Seen>>;
  readSalesforce(): Promise<Map<string, Seen>>;
  /** How many calls both have received, these ones included. */
  countCalls(): Promise<number>;
}

/** Signs in to the simulated Salesforce; Stripe needs only its key. */
export async function connectSystems({ systems: { stripe, salesforce } }: LocalFile): Promise<BenchSystems> {
  const asStripe = { authorization: `Bearer ${readFileSync(stripe.apiKeyFile, 'utf8')}` };
  const asSalesforce = { authorization: `Bearer ${await signIn(salesforce)}` };
  const data = `${salesforce.url}${version}`;
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  const asForm = { ...asStripe, 'content-type': 'application/x-www-form-urlencoded' };
  const soql = encodeURIComponent('SELECT Id, Stripe_Customer_Id__c, Phone FROM Account');

  return {
    async createCustomer(phone) {
      const body = form({ name: 'Blue Mill Ltd', phone });
      return (await call(customer, `${stripe.url}/v1/customers`, { headers: asForm, body })).id;
    },
    async setCustomerPhone(id, phone) {
      await call(customer, `${stripe.url}/v1/customers/${id}`, { headers: asForm, body: form({ phone }) });
    },
    async setAccountPhone(id, phone) {
      const headers = { ...asSalesforce, 'content-type': 'application/json' };
      const body = JSON.stringify({ Phone: phone });
      await answer(`${data}/sobjects/Account/${id}`, { method: 'PATCH', headers, body });
    },
    async readStripe() {
      const list = await call(customers, `${stripe.url}/v1/customers?limit=100`, { headers: asStripe });
      return new Map(
        list.data.map(({ id, phone, metadata }) => [id, { phone, accountId: metadata.salesforce_account_id }]),
      );
    },
    async readSalesforce() {
      const { records } = await call(queried, `${data}/query?q=${soql}`, { headers: asSalesforce });
      return new Map(
        records.flatMap(({ Id, Stripe_Customer_Id__c: id, Phone: phone }) =>
          id === null ? [] : [[id, { phone, accountId: Id }] as const],
        ),
      );
    },
    async countCalls() {
      const logs = await Promise.all([stripe, salesforce].map(({ url }) => call(calls, `${url}/_calls`)));
      return logs.reduce((sum, log) => sum + log.length, 0);
    },
  };
}

async function signIn({ url, clientId, clientSecretFile }: LocalFile['systems']['salesforce']): Promise<string> {
  const client = { client_id: clientId, client_secret: readFileSync(clientSecretFile, 'utf8') };
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...client }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return (await call(token, `${url}/services/oauth2/token`, { headers, body })).access_token;
}

async function call<Schema extends v.GenericSchema>(
  schema: Schema,
  url: string,
  options?: Parameters<typeof request>[1],
): Promise<v.InferOutput<Schema>> {
  return v.parse(v.pipe(v.string(), v.parseJson(), schema), await answer(url, options));
}

async function answer(url: string, options?: Parameters<typeof request>[1]): Promise<string> {
  const { status, body } = await request(url, options);
  if (status >= 300) throw new Error(`A simulated system answered ${status}: ${body}`);
  return body;
}
