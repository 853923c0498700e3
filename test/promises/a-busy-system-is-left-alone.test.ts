import type { Connection } from 'jsforce';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { logEntries, logEntry } from './support/logs.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import {
  type Call,
  callsTo,
  clearFaults,
  customerOf,
  linkOf,
  salesforceClient,
  setFault,
  stripeClient,
  warmUp,
} from './support/systems.ts';

const stripe = stripeClient();
let salesforce: Connection;

beforeAll(async () => {
  salesforce = await salesforceClient();
  // Or the first fault would hit the call for a token.
  await warmUp(stripe, salesforce);
});

afterEach(clearFaults);

/** Seconds from a throttled call to the next one of those given. */
function secondsAfterThrottled(calls: readonly Call[]): number {
  const throttled = calls.findIndex(({ status }) => status === 429);
  return (Date.parse(calls[throttled + 1]!.time) - Date.parse(calls[throttled]!.time)) / 1000;
}

/** The event was deferred once, without an attempt. */
async function expectDeferred(subject: string, waitSeconds: number): Promise<void> {
  await logEntry({ message: 'event delivered', subject });
  const deferred = logEntries({ message: 'delivery deferred', subject });
  expect(deferred).toEqual([expect.objectContaining({ category: 'busy', status: 429, waitSeconds, attempts: 0 })]);
  expect(logEntries({ message: 'attempt failed', subject })).toEqual([]);
}

it('Salesforce: not asked again for the record before its Retry-After is over, and no attempt is counted', async () => {
  await setFault('salesforce', { fault: 'throttle', retryAfter: 4, times: 1 });

  const customer = await stripe.customers.create(asCustomer(aPerson()));

  await linkOf(stripe, customer.id);
  const calls = (await callsTo('salesforce')).filter(({ path }) => path.includes(customer.id));
  expect(calls.map(({ method, status }) => [method, status])).toEqual([
    ['PATCH', 429],
    ['PATCH', 201],
  ]);
  expect(secondsAfterThrottled(calls)).toBeGreaterThanOrEqual(4);
  await expectDeferred(customer.id, 4);
});

it('Stripe: not asked again for the record before its Retry-After is over, and no attempt is counted', async () => {
  await setFault('stripe', { fault: 'throttle', retryAfter: 3, times: 1 });
  const before = (await callsTo('stripe')).length;

  const { id } = await salesforce.sobject('Account').create(asAccount(aPerson()));

  await customerOf(salesforce, String(id));
  const calls = (await callsTo('stripe')).slice(before);
  expect(calls.slice(0, 3).map(({ method, path, status }) => [method, path, status])).toEqual([
    ['POST', '/v1/customers', 429],
    ['GET', '/v1/customers', 200],
    ['POST', '/v1/customers', 200],
  ]);
  expect(secondsAfterThrottled(calls)).toBeGreaterThanOrEqual(3);
  await expectDeferred(String(id), 3);
});
