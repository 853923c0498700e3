import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { postSigned } from '../support/post-signed.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  announce,
  atRest,
  deliveryTimes,
  expectNoneParked,
  type Unannounced,
  unannouncedAccounts,
  unannouncedCustomers,
} from './support/events.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { millrace } from './support/millrace.ts';
import { sources } from './support/names.ts';
import { parked, parkedAbout } from './support/parked.ts';
import { aPerson, asCustomer } from './support/people.ts';
import { changePolicies, policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { openScene } from './support/scene.ts';
import { accountOf, callsTo, createdEvent, findAccounts, linkOf, setFault } from './support/systems.ts';

const { stripe, salesforce } = await openScene({ sideBySide: true });

afterAll(() => atRest());

/** Longer than a batch takes here, and shorter than the failing event's second wait. */
const batchMs = 3_000;

/** Announces half of them at once and the others one by one; resolves to when each was, Unix milliseconds. */
async function announceSteadily(records: readonly Unannounced[]): Promise<number[]> {
  const [first, later] = [records.slice(0, records.length / 2), records.slice(records.length / 2)];
  const announced = first.map(() => Date.now());
  await Promise.all(first.map(announce));
  for (const record of later) {
    await setTimeout(700);
    announced.push(Date.now());
    await announce(record);
  }
  return announced;
}

/** The longest time from an announcement to the delivery, in milliseconds. */
async function delays(records: readonly Unannounced[], announced: readonly number[]): Promise<number> {
  const times = await deliveryTimes(records);
  return Math.max(...times.map((at, index) => at - announced[index]!));
}

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
  const { letter, body = '', ...item } = await parked(invalid.id);
  expect(letter).toEqual({
    reason: 'invalid event: data.object.object: literal',
    category: 'permanent',
    attempts: 0,
    lastErrorCode: 'invalid-event',
    correlationId,
    firstSeen: expect.any(String),
  });
  expect(Date.parse(String(letter?.firstSeen))).toBeGreaterThanOrEqual(since);
  expect(item).toMatchObject({ sk: invalid.id, subject: customer.id, generation: 1 });
  expect(JSON.parse(body)).toMatchObject({ id: invalid.id, subject: customer.id, data: invalid });
  const listed = await millrace('parked', 'list', '--key', customer.id, '--json');
  expect(JSON.parse(listed.output)).toMatchObject([{ event: invalid.id, status: 'parked', ...letter }]);
  expect(logEntries({ message: 'event delivered', eventId: invalid.id })).toEqual([]);
  await expectNextDelivered(customer.id, {});
});

it('refused for good by the destination: parked at once, and the next one is delivered', async () => {
  // Stripe takes 512 characters of an address, Salesforce 80.
  const email = `${'long.'.repeat(16)}${aPerson().email}`;
  const customer = await stripe.customers.create({ ...asCustomer(aPerson()), email });
  const event = await createdEvent(stripe, customer.id);

  const { letter, body = '' } = await parked(event.id);
  expect(letter).toMatchObject({
    reason: 'permanent failure at salesforce.upsert',
    category: 'permanent',
    attempts: 0,
    lastErrorCode: 'STRING_TOO_LONG',
  });
  const queued = await logEntry({ message: 'event queued', eventId: event.id });
  expect(letter?.correlationId).toBe(queued.correlationId);
  expect(JSON.parse(body)).toMatchObject({ id: event.id, data: { id: event.id, type: 'customer.created' } });
  expect(await findAccounts(salesforce, 'Stripe_Customer_Id__c', customer.id)).toEqual([]);
  await expectNextDelivered(customer.id, { email: aPerson().email });
});

describe.concurrent('after failures that might have passed', () => {
  it('poison: parked once it failed for the poison time while others went through; none of them was delayed', async () => {
    const [poison, ...good] = await unannouncedAccounts(21);
    await setFault('stripe', { fault: 'down', operation: 'create', record: poison!.id });
    const since = Date.now();

    await announce(poison!);
    const announced = await announceSteadily(good);

    const { letter } = await parked(poison!.id, 'parked', 30_000);
    const { retry } = await policiesOf(flows.fromSalesforce);
    expect(letter).toMatchObject({
      reason: expect.stringMatching(/^attempts: [3-9] calls failed at stripe\.create$/),
      category: 'transient',
      lastErrorCode: 'api_error',
    });
    expect(Date.now() - since).toBeGreaterThan(retry.poisonAfterMs);
    expect(await delays(good, announced)).toBeLessThan(batchMs);
    await expectNoneParked(good);
  });

  it('a flow that gives up at once: parked after five calls, 1 + 2 + 4 + 8 s apart, and the next one is delivered', async ({
    onTestFinished,
  }) => {
    const putBack = await changePolicies(flows.fromStripe, { retry: { giveUp: 'at-once' } });
    onTestFinished(putBack);
    const [failing, ...good] = await unannouncedCustomers(19);
    await setFault('salesforce', { fault: 'down', operation: 'upsert', record: failing!.id, times: 5 });

    const eventId = await announce(failing!);
    await announceSteadily(good);

    const { letter } = await parked(eventId, 'parked', 30_000);
    expect(letter).toMatchObject({
      reason: 'attempts: 5 calls failed at salesforce.upsert',
      category: 'transient',
      attempts: 5,
      lastErrorCode: 'SERVER_UNAVAILABLE',
    });
    const calls = (await callsTo('salesforce')).filter(({ path }) => path.includes(failing!.id));
    expect(calls.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    // +-30 %, in whole seconds; SQS makes a message visible a little later than that.
    const gaps = calls.slice(1).map(({ time }, index) => (Date.parse(time) - Date.parse(calls[index]!.time)) / 1000);
    for (const [index, least] of [1, 1, 3, 6].entries()) expect(gaps[index]).toBeGreaterThan(least - 0.1);
    await deliveryTimes(good);
    await expectNextDelivered(failing!.id, {});
    expect(await parkedAbout(failing!.id)).toHaveLength(1);
    // Or the function would be replaced in the middle of something.
    await atRest([flows.fromStripe]);
  });
});
