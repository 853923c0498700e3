import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DeleteMessageCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Connection } from 'jsforce';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aws } from '../support/clients.ts';
import { postSigned } from '../support/post-signed.ts';
import { holdsFor, waitFor } from '../support/wait-for.ts';
import { eventQueuesOf, putEvent } from './support/event-bus.ts';
import { atRest } from './support/events.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { sources } from './support/names.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import { depthOf, flows, urlOf } from './support/queues.ts';
import {
  accountOf,
  asEcho,
  callsTo,
  createdEvent,
  customerOf,
  findAccounts,
  linkOf,
  salesforceClient,
  stripeClient,
} from './support/systems.ts';

const stripe = stripeClient();
const { sqs } = aws;
let salesforce: Connection;

beforeAll(async () => {
  salesforce = await salesforceClient();
});

/** How long Stripe's events are hidden between two tries; half a minute in this stage. */
async function hideFor(seconds: number): Promise<void> {
  const QueueUrl = await urlOf(eventQueuesOf('stripe').queue);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }));
}

afterEach(() => hideFor(30));

/** An event that Stripe sent to nobody yet, about a Customer that it has. */
async function aStripeEvent() {
  const person = aPerson();
  const customer = await stripe.customers.create(asCustomer(person), asEcho());
  const { request: _, ...event } = await createdEvent(stripe, customer.id);
  return { person, customer, event: { ...event, id: `evt_${randomUUID()}` } };
}

/** A change event as Event Relay sends it, about other records. Its commit number is more than a number can hold. */
function aChange(recordIds: readonly string[]): string {
  const file = new URL(
    '../fixtures/payloads/salesforce.cdc.event-relay-eventbridge.account-create.derived.json',
    import.meta.url,
  );
  const { detail } = JSON.parse(readFileSync(file, 'utf8'));
  const header = { ...detail.payload.ChangeEventHeader, recordIds, transactionKey: randomUUID() };
  const payload = { ...detail.payload, ChangeEventHeader: header };
  return JSON.stringify({ payload }).replace(
    `"commitNumber":${header.commitNumber}`,
    '"commitNumber":1745500706683617281',
  );
}

/** Accounts that nobody was told of. */
async function quietAccounts(count: number) {
  const quiet = await salesforceClient('millrace');
  return Promise.all(
    Array.from({ length: count }, async () => {
      const person = aPerson();
      const { id } = await quiet.sobject('Account').create(asAccount(person));
      return { id: String(id), person };
    }),
  );
}

describe('what Stripe puts on its bus', () => {
  it('becomes an Account, as if it had come by a webhook', async () => {
    const { person, customer, event } = await aStripeEvent();

    await putEvent('stripe', event.type, JSON.stringify(event));

    expect(await accountOf(salesforce, customer.id)).toMatchObject(asAccount(person));
    expect(await logEntry({ message: 'event queued', eventId: event.id })).toMatchObject({ subject: customer.id });
  });

  it('and sends as a webhook, too, five times each, at once: one Account, written once and linked once', async () => {
    const { customer, event } = await aStripeEvent();
    const five = Array.from({ length: 5 });

    const answers = await Promise.all([
      ...five.map(() => postSigned(sources.stripe, event)),
      ...five.map(() => putEvent('stripe', event.type, JSON.stringify(event))),
    ]);

    expect(answers.slice(0, 5)).toMatchObject(five.map(() => ({ status: 202 })));
    const accountId = await linkOf(stripe, customer.id);
    const writes = async (system: 'stripe' | 'salesforce') =>
      (await callsTo(system)).filter(
        ({ method, path }) => method !== 'GET' && (path.includes(customer.id) || path.includes(accountId)),
      ).length;
    const once = async () => (await writes('salesforce')) === 1 && (await writes('stripe')) === 1;
    await holdsFor(once, 2_000, 'one write to either system');
    expect(await findAccounts(salesforce, 'Stripe_Customer_Id__c', customer.id)).toHaveLength(1);
    expect(logEntries({ message: 'event delivered', eventId: event.id }).length).toBeLessThanOrEqual(1);
  });

  it('and can not be read ends among the untaken events, beside others that are delivered', async () => {
    const names = eventQueuesOf('stripe');
    const [queue, untaken] = await Promise.all([urlOf(names.queue), urlOf(names.untaken)]);
    // Ten tries, half a minute apart, are too long for a test.
    await hideFor(1);
    const { customer, event } = await aStripeEvent();
    const mark = randomUUID();

    await putEvent('stripe', 'customer.created', JSON.stringify({ object: 'event', mark }));
    await putEvent('stripe', event.type, JSON.stringify(event));

    await accountOf(salesforce, customer.id);
    await waitFor(async () => (await depthOf(untaken)) === 1, { timeoutMs: 40_000, what: 'one untaken event' });
    expect(await depthOf(queue)).toBe(0);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: untaken }));
    expect(Messages.map(({ Body }) => JSON.parse(Body ?? '').detail)).toEqual([{ object: 'event', mark }]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: untaken, ReceiptHandle: Messages[0]?.ReceiptHandle }));
  });
});

describe('a change that Salesforce relays', () => {
  it('becomes a Customer for each of its records', async () => {
    const accounts = await quietAccounts(2);

    await putEvent('salesforce', 'AccountChangeEvent', aChange(accounts.map(({ id }) => id)));

    for (const { id, person } of accounts) expect(await customerOf(salesforce, id)).toMatchObject(asCustomer(person));
  });

  // The two have ids of their own: the second is no repeat, but finds the pair linked, and writes what is there already.
  it('and calls out for, too, makes one Customer of its Account', async () => {
    const [account] = await quietAccounts(1);
    const { id = '', person } = account!;
    const callout = { organizationId: '00D000000000001AAA', object: 'Account', changeType: 'CREATE', recordId: id };

    await Promise.all([
      putEvent('salesforce', 'AccountChangeEvent', aChange([id])),
      postSigned(sources.salesforce, { id: randomUUID(), ...callout, origin: null }),
    ]);

    await customerOf(salesforce, id);
    const queue = await urlOf(eventQueuesOf('salesforce').queue);
    await waitFor(async () => (await depthOf(queue)) === 0, { what: 'the change is taken' });
    await atRest([flows.fromSalesforce]);
    const { data } = await stripe.customers.list({ email: person.email });
    expect(data.map(({ metadata }) => metadata.salesforce_account_id)).toEqual([id]);
  });
});
