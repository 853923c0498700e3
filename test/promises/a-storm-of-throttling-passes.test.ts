import { afterEach, beforeAll, expect, it } from 'vitest';
import { awsClients } from '../support/clients.ts';
import {
  announce,
  atRest,
  deliveryTimes,
  expectNoneParked,
  expectOneRecordEach,
  unannouncedAccounts,
  unannouncedCustomers,
} from './support/events.ts';
import { logEntries } from './support/logs.ts';
import {
  callsTo,
  clearFaults,
  salesforceClient,
  setFault,
  stripeClient,
  timeOfCall,
  warmUp,
} from './support/systems.ts';

const { sqs } = awsClients();
const stormSeconds = 4;

beforeAll(async () => warmUp(stripeClient(), await salesforceClient()));

afterEach(clearFaults);

it('429 with `Retry-After: 1` to every write, either way: no record is asked again sooner, none is parked or doubled', async () => {
  const [customers, accounts] = [await unannouncedCustomers(10), await unannouncedAccounts(10)];
  const records = [...customers, ...accounts];
  const before = (await callsTo('stripe')).length;
  const storm = { fault: 'throttle', retryAfter: 1, seconds: stormSeconds };
  await setFault('salesforce', { ...storm, operation: 'upsert' });
  await setFault('stripe', { ...storm, operation: 'create' });

  const events = await Promise.all(records.map(announce));

  await deliveryTimes(records);
  const upserts = await callsTo('salesforce');
  for (const { id } of customers) {
    const times = upserts.filter(({ path }) => path.endsWith(id)).map(timeOfCall);
    expect(times.length).toBeGreaterThan(1);
    for (const [index, at] of times.slice(1).entries()) expect(at - times[index]!).toBeGreaterThanOrEqual(1_000);
  }
  const creates = (await callsTo('stripe'))
    .slice(before)
    .filter(({ path, status }) => path === '/v1/customers' && status === 429);
  expect(creates.length).toBeGreaterThanOrEqual(accounts.length);
  expect(creates.length).toBeLessThanOrEqual(accounts.length * stormSeconds);
  for (const eventId of events) expect(logEntries({ message: 'attempt failed', eventId })).toEqual([]);
  await expectNoneParked(sqs, records);
  await expectOneRecordEach(records);
  await atRest(sqs);
});
