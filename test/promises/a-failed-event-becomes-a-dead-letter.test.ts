import { randomUUID } from 'node:crypto';
import type { Connection } from 'jsforce';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { awsClients } from '../support/clients.ts';
import { postSigned } from '../support/post-signed.ts';
import { waitFor } from '../support/wait-for.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { sources } from './support/names.ts';
import { aPerson, asCustomer } from './support/people.ts';
import { deadLetterAbout, deadLettersAbout, flows } from './support/queues.ts';
import {
  accountOf,
  callsTo,
  clearFaults,
  createdEvent,
  findAccounts,
  linkOf,
  salesforceClient,
  setFault,
  stripeClient,
  warmUp,
} from './support/systems.ts';

const stripe = stripeClient();
const { sqs } = awsClients();
let salesforce: Connection;

beforeAll(async () => {
  salesforce = await salesforceClient();
  // Or the first fault would hit the call for a token.
  await warmUp(stripe, salesforce);
});

afterEach(clearFaults);

/** A later event of the same key is delivered: its record shows the change. */
async function expectNextDelivered(customerId: string, change: object): Promise<void> {
  const { name } = aPerson();
  await stripe.customers.update(customerId, { ...change, name });
  await waitFor(async () => (await accountOf(salesforce, customerId)).Name === name, { what: 'the later event' });
}

it('authentic but invalid: parked at once with its reason and its body, and the next one is delivered', async () => {
  const customer = await stripe.customers.create(asCustomer(aPerson()));
  await linkOf(stripe, customer.id);
  const invalid = {
    id: `evt_${randomUUID()}`,
    type: 'customer.updated',
    data: { object: { ...customer, object: 'person' } },
  };
  const correlationId = randomUUID();
  const since = Date.now();

  const answer = await postSigned(sources.stripe, invalid, { headers: { 'x-correlation-id': correlationId } });

  expect(answer.status).toBe(202);
  const { attributes, body } = await deadLetterAbout(sqs, flows.fromStripe, invalid.id);
  expect(attributes).toEqual({
    reason: 'invalid event: data.object.object: literal',
    category: 'permanent',
    attempts: '0',
    lastErrorCode: 'invalid-event',
    correlationId,
    firstSeen: expect.any(String),
  });
  expect(Date.parse(attributes.firstSeen!)).toBeGreaterThanOrEqual(since);
  expect(JSON.parse(body)).toMatchObject({ id: invalid.id, subject: customer.id, data: invalid });
  expect(logEntries({ message: 'event delivered', eventId: invalid.id })).toEqual([]);
  await expectNextDelivered(customer.id, {});
});

it('refused for good by the destination: parked at once, and the next one is delivered', async () => {
  // Stripe takes 512 characters of an address, Salesforce 80.
  const email = `${'long.'.repeat(16)}${aPerson().email}`;
  const customer = await stripe.customers.create({ ...asCustomer(aPerson()), email });
  const event = await createdEvent(stripe, customer.id);

  const { attributes, body } = await deadLetterAbout(sqs, flows.fromStripe, event.id);

  expect(attributes).toMatchObject({
    reason: 'permanent failure at salesforce.upsert',
    category: 'permanent',
    attempts: '0',
    lastErrorCode: 'STRING_TOO_LONG',
  });
  const queued = await logEntry({ message: 'event queued', eventId: event.id });
  expect(attributes.correlationId).toBe(queued.correlationId);
  expect(JSON.parse(body)).toMatchObject({ id: event.id, data: { id: event.id, type: 'customer.created' } });
  expect(await findAccounts(salesforce, 'Stripe_Customer_Id__c', customer.id)).toEqual([]);
  await expectNextDelivered(customer.id, { email: aPerson().email });
});

it('failed five times, 1 + 2 + 4 + 8 s apart: parked with its attempts, and the next one is delivered', async () => {
  await setFault('salesforce', { fault: 'down', times: 5 });
  const customer = await stripe.customers.create(asCustomer(aPerson()));
  const event = await createdEvent(stripe, customer.id);

  const { attributes } = await deadLetterAbout(sqs, flows.fromStripe, event.id, 30_000);

  expect(attributes).toMatchObject({
    reason: 'attempts: 5 calls failed at salesforce.upsert',
    category: 'transient',
    attempts: '5',
    lastErrorCode: 'SERVER_UNAVAILABLE',
  });
  const calls = (await callsTo('salesforce')).filter(({ path }) => path.includes(customer.id));
  expect(calls.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
  // +-30 %, in whole seconds; SQS makes a message visible a little later than that.
  const gaps = calls.slice(1).map(({ time }, index) => (Date.parse(time) - Date.parse(calls[index]!.time)) / 1000);
  for (const [index, least] of [1, 1, 3, 6].entries()) expect(gaps[index]).toBeGreaterThan(least - 0.1);
  await expectNextDelivered(customer.id, {});
  expect(await deadLettersAbout(sqs, flows.fromStripe, customer.id)).toHaveLength(1);
});
