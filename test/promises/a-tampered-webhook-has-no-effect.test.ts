import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { sign } from '../support/post-signed.ts';
import { type Answer, request } from '../support/request.ts';
import { holdsFor } from '../support/wait-for.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { sources } from './support/names.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import { flows, queueDepth } from './support/queues.ts';
import {
  accountOf,
  asEcho,
  countCalls,
  createdEvent,
  customerOf,
  findAccounts,
  salesforceClient,
  stripeClient,
} from './support/systems.ts';

const { webhooks, caFile } = inject('pipeline');
type Headers = Readonly<Record<string, string>>;

/** An authentic request, and all the ways in which one thing of it may be wrong. */
function tamperedWith(
  source: string,
  body: string,
): { authentic: Headers; tampered: Record<string, [Headers, string]> } {
  const { scheme, secretFile } = webhooks[source]!;
  const now = Math.floor(Date.now() / 1000);
  const signed = (secret: string, seconds: number) => sign(scheme, secret, body, seconds);
  const secret = readFileSync(secretFile, 'utf8');
  const authentic = signed(secret, now);
  const replaced = (from: string, to: string) =>
    Object.fromEntries(Object.entries(authentic).map(([name, value]) => [name, value.replace(from, to)]));
  const lastHex = Object.values(authentic).join('').at(-1)!;
  const flipped = Object.fromEntries(
    Object.entries(authentic).map(([name, value]) => [
      name,
      value.replace(/(v1=.*).$/, `$1${lastHex === '0' ? '1' : '0'}`),
    ]),
  );
  return {
    authentic,
    tampered: {
      body: [authentic, body.replace('Quillfeather', 'Quillfeathers')],
      'white space of the body': [authentic, `${body} `],
      signature: [flipped, body],
      'signed time': [replaced(String(now), String(now - 1)), body],
      'old time': [signed(secret, now - 3_600), body],
      'future time': [signed(secret, now + 3_600), body],
      secret: [signed(`${secret}0`, now), body],
      'missing headers': [{}, body],
    },
  };
}

function post(source: string, body: string, headers: Headers, correlationId: string): Promise<Answer> {
  const sent = { 'content-type': 'application/json', 'x-correlation-id': correlationId, ...headers };
  return request(webhooks[source]!.url, { headers: sent, body, caFile });
}

/** Posts it in all ways that are wrong; answers their correlation ids. */
async function postTampered(source: string, body: string): Promise<string[]> {
  const { tampered } = tamperedWith(source, body);
  return Promise.all(
    Object.entries(tampered).map(async ([what, [headers, sentBody]]) => {
      const correlationId = randomUUID();
      const answer = await post(source, sentBody, headers, correlationId);
      expect(answer.status, what).toBe(401);
      expect(answer.headers['content-type'], what).toBe('application/problem+json');
      // The same for every kind: nothing tells which check failed.
      const problem = { type: 'about:blank', title: 'The signature is not valid', status: 401, correlationId };
      expect(JSON.parse(answer.body), what).toEqual(problem);
      return correlationId;
    }),
  );
}

async function postAuthentic(source: string, body: string): Promise<void> {
  const answer = await post(source, body, tamperedWith(source, body).authentic, randomUUID());
  expect(answer.status, source).toBe(202);
}

/** An Account, and the body of the callout that tells of it. */
async function anUnannouncedAccount(): Promise<{ id: string; body: string }> {
  const person = aPerson();
  const { id } = await (await salesforceClient('millrace')).sobject('Account').create(asAccount(person));
  const event = { id: randomUUID(), organizationId: '00D000000000001AAA', object: 'Account', changeType: 'CREATE' };
  const rest = { recordId: id, systemModstamp: new Date().toISOString(), origin: null, fields: { Name: person.name } };
  return { id: String(id), body: JSON.stringify({ ...event, ...rest }) };
}

/** Nothing was queued and nobody was called, though the log tells why each was refused. */
async function expectNoEffect(correlationIds: readonly string[]): Promise<void> {
  const calls = await countCalls();
  const isQuiet = async () =>
    (await countCalls()) === calls &&
    (await queueDepth(flows.fromStripe)) === 0 &&
    (await queueDepth(flows.fromSalesforce)) === 0;
  await holdsFor(isQuiet, 3_000, 'no call to either system, and nothing queued');
  for (const correlationId of correlationIds) {
    await logEntry({ message: 'signature rejected', correlationId });
    expect(logEntries({ message: 'event queued', correlationId })).toEqual([]);
  }
}

it('of either system: 401 without a hint, nothing queued, no call; the authentic ones are delivered', async () => {
  const [stripe, salesforce] = [stripeClient(), await salesforceClient()];
  const customer = await stripe.customers.create(asCustomer(aPerson()), asEcho());
  const stripeBody = JSON.stringify({ ...(await createdEvent(stripe, customer.id)), request: null });
  const account = await anUnannouncedAccount();

  const correlationIds = [
    ...(await postTampered(sources.stripe, stripeBody)),
    ...(await postTampered(sources.salesforce, account.body)),
  ];

  await expectNoEffect(correlationIds);
  expect(await findAccounts(salesforce, 'Stripe_Customer_Id__c', customer.id)).toEqual([]);
  expect((await findAccounts(salesforce, 'Id', account.id))[0]?.Stripe_Customer_Id__c).toBeNull();
  await postAuthentic(sources.stripe, stripeBody);
  await postAuthentic(sources.salesforce, account.body);
  await accountOf(salesforce, customer.id);
  await customerOf(salesforce, account.id);
});
