import type Stripe from 'stripe';
import { expect } from 'vitest';
import { postSigned } from '../../support/post-signed.ts';
import { waitFor } from '../../support/wait-for.ts';
import { anEvent } from './messages.ts';
import { sources } from './names.ts';
import { parkedItems } from './parked.ts';
import { aPerson, asAccount, asCustomer, type Person } from './people.ts';
import { deadLetterDepth, type FlowName, flows, queueDepth } from './queues.ts';
import {
  asEcho,
  type Call,
  callsTo,
  findAccounts,
  type SystemName,
  salesforceClient,
  stripeClient,
  timeOfCall,
} from './systems.ts';

/** A record that nobody was told of yet, and the flow that would take its events. */
export interface Unannounced {
  readonly id: string;
  readonly person: Person;
  readonly flow: FlowName;
}

const many = <Made>(count: number, make: () => Promise<Made>) => Promise.all(Array.from({ length: count }, make));

/** Customers whose creation caused no event: a test announces them when it likes, also while Stripe fails. */
export function unannouncedCustomers(count: number, stripe: Stripe = stripeClient()): Promise<Unannounced[]> {
  return many(count, async () => {
    const person = aPerson();
    const { id } = await stripe.customers.create(asCustomer(person), asEcho());
    return { id, person, flow: flows.fromStripe };
  });
}

/** The same of Accounts. */
export async function unannouncedAccounts(count: number): Promise<Unannounced[]> {
  const salesforce = await salesforceClient('millrace');
  return many(count, async () => {
    const person = aPerson();
    const { id } = await salesforce.sobject('Account').create(asAccount(person));
    return { id: String(id), person, flow: flows.fromSalesforce };
  });
}

/**
 * Posts the webhook that tells of a change of a record, again where it was not acknowledged, as its source does; resolves
 * to the event's id.
 */
export async function announce({ id, flow }: Pick<Unannounced, 'id' | 'flow'>): Promise<string> {
  const event = anEvent(flow, id);
  const source = flow === flows.fromStripe ? sources.stripe : sources.salesforce;
  const post = async () => (await postSigned(source, event)).status === 202;
  await waitFor(post, { everyMs: 500, what: `an acknowledgement of ${event.id}` });
  return event.id;
}

/**
 * Waits until all were delivered: the last call of a delivery writes the other record's id into this one. Resolves to
 * when, in Unix milliseconds and in their order. Not by the log: on a busy machine the emulator keeps a line back until
 * its function runs again.
 */
export async function deliveryTimes(records: readonly Unannounced[], timeoutMs = 30_000): Promise<number[]> {
  const look = async () => {
    const links = await linksOf(records);
    const missing = records.filter((_, index) => links[index] === undefined).map(({ id }) => id);
    if (missing.length > 0) throw new Error(`Not delivered: ${missing}`);
    return links.map((call) => timeOfCall(call!));
  };
  return waitFor(look, { timeoutMs, everyMs: 100, what: `delivery of ${records.length} records` });
}

/** How many of them were delivered so far. */
export async function countDelivered(records: readonly Unannounced[]): Promise<number> {
  return (await linksOf(records)).filter((call) => call !== undefined).length;
}

async function linksOf(records: readonly Unannounced[]): Promise<(Call | undefined)[]> {
  const calls = { stripe: await callsTo('stripe'), salesforce: await callsTo('salesforce') };
  return records.map((record) => calls[sourceOf(record)].find((call) => isLink(call, record)));
}

const isLink = ({ method, path, status }: Call, { id }: Unannounced) =>
  method !== 'GET' && status !== null && status < 300 && path.endsWith(`/${id}`);

const sourceOf = ({ flow }: Unannounced): SystemName => (flow === flows.fromStripe ? 'stripe' : 'salesforce');
export const destinationOf = ({ flow }: Unannounced): SystemName =>
  flow === flows.fromStripe ? 'salesforce' : 'stripe';

/** Each has exactly one record on the other side, which names it. */
export async function expectOneRecordEach(records: readonly Unannounced[]): Promise<void> {
  const [stripe, salesforce] = [stripeClient(), await salesforceClient()];
  const named = await Promise.all(
    records.map(async ({ person, flow }) => {
      if (flow === flows.fromStripe) {
        return (await findAccounts(salesforce, 'Name', person.name)).map((account) => account.Stripe_Customer_Id__c);
      }
      const customers = await stripe.customers.list({ email: person.email });
      return customers.data.map(({ metadata }) => metadata.salesforce_account_id);
    }),
  );
  expect(named).toEqual(records.map(({ id }) => [id]));
}

/** None of them was ever parked. To be asked at rest: a dead letter is not parked at once. */
export async function expectNoneParked(records: readonly Unannounced[]): Promise<void> {
  const items = (await parkedItems()).map((item) => JSON.stringify(item));
  expect(records.filter(({ id }) => items.some((item) => item.includes(id)))).toEqual([]);
}

/** Waits until flows have nothing left to do: what one test began must not disturb the next. */
export async function atRest(names: readonly FlowName[] = Object.values(flows)): Promise<void> {
  const depths = () => Promise.all(names.flatMap((flow) => [queueDepth(flow), deadLetterDepth(flow)]));
  const isEmpty = async () => (await depths()).every((depth) => depth === 0);
  await waitFor(isEmpty, { timeoutMs: 20_000, everyMs: 100, what: 'empty queues' });
}
