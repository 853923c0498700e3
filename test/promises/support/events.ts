import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type Stripe from 'stripe';
import { expect } from 'vitest';
import { postSigned } from '../../support/post-signed.ts';
import { waitFor } from '../../support/wait-for.ts';
import { sources } from './names.ts';
import { aPerson, asAccount, asCustomer, type Person } from './people.ts';
import { deadLetters, type FlowName, flows, queueDepth } from './queues.ts';
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

/** Posts the webhook that tells of a change of a record; resolves to the event's id. */
export async function announce({ id, flow }: Pick<Unannounced, 'id' | 'flow'>): Promise<string> {
  const eventId = flow === flows.fromStripe ? `evt_${randomUUID()}` : randomUUID();
  const [source, event] =
    flow === flows.fromStripe
      ? [sources.stripe, { id: eventId, type: 'customer.updated', data: { object: { id, object: 'customer' } } }]
      : [
          sources.salesforce,
          {
            id: eventId,
            organizationId: '00D000000000001AAA',
            object: 'Account',
            changeType: 'UPDATE',
            recordId: id,
            origin: null,
          },
        ];
  expect((await postSigned(source, event)).status).toBe(202);
  return eventId;
}

/**
 * Waits until all were delivered: the last call of a delivery writes the other record's id into this one. Resolves to
 * when, in Unix milliseconds and in their order. Not by the log: on a busy machine the emulator keeps a line back until
 * its function runs again.
 */
export async function deliveryTimes(records: readonly Unannounced[], timeoutMs = 30_000): Promise<number[]> {
  const look = async () => {
    const calls = { stripe: await callsTo('stripe'), salesforce: await callsTo('salesforce') };
    const links = records.map((record) => calls[sourceOf(record)].find((call) => isLink(call, record)));
    const missing = records.filter((_, index) => links[index] === undefined).map(({ id }) => id);
    if (missing.length > 0) throw new Error(`Not delivered: ${missing}`);
    return links.map((call) => timeOfCall(call!));
  };
  return waitFor(look, { timeoutMs, everyMs: 100, what: `delivery of ${records.length} records` });
}

const isLink = ({ method, path, status }: Call, { id }: Unannounced) =>
  method !== 'GET' && status !== null && status < 300 && path.endsWith(`/${id}`);

const sourceOf = ({ flow }: Unannounced): SystemName => (flow === flows.fromStripe ? 'stripe' : 'salesforce');
export const destinationOf = ({ flow }: Unannounced): SystemName =>
  flow === flows.fromStripe ? 'salesforce' : 'stripe';

/** Each has exactly one record on the other side. */
export async function expectOneRecordEach(records: readonly Unannounced[]): Promise<void> {
  const [stripe, salesforce] = [stripeClient(), await salesforceClient()];
  const counts = await Promise.all(
    records.map(async ({ id, person, flow }) =>
      flow === flows.fromStripe
        ? [id, (await findAccounts(salesforce, 'Name', person.name)).length]
        : [id, (await stripe.customers.list({ email: person.email })).data.length],
    ),
  );
  expect(counts).toEqual(records.map(({ id }) => [id, 1]));
}

/** None of them is a dead letter. */
export async function expectNoneParked(sqs: SQSClient, records: readonly Unannounced[]): Promise<void> {
  const dead = (await Promise.all(Object.values(flows).map((flow) => deadLetters(sqs, flow)))).flat();
  expect(records.filter(({ id }) => dead.some(({ body }) => body.includes(id)))).toEqual([]);
}

/** Waits until flows have nothing left to do: what one test began must not disturb the next. */
export async function atRest(sqs: SQSClient, names: readonly FlowName[] = Object.values(flows)): Promise<void> {
  const isEmpty = async () =>
    (await Promise.all(names.map((flow) => queueDepth(sqs, flow)))).every((depth) => depth === 0);
  await waitFor(isEmpty, { timeoutMs: 20_000, everyMs: 100, what: 'empty queues' });
}
