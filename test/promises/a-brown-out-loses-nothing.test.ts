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
import { callsTo, clearFaults, salesforceClient, setFault, stripeClient, warmUp } from './support/systems.ts';

const { sqs } = awsClients();

/** How long either system browns out; most events are delivered by then, and some only after. */
const seconds = 6;

beforeAll(async () => warmUp(stripeClient(), await salesforceClient()));

afterEach(clearFaults);

it('40 % of all calls to both systems fail: all is delivered, one record each, and nothing is parked', async () => {
  const records = [...(await unannouncedCustomers(12)), ...(await unannouncedAccounts(12))];
  const before = { salesforce: (await callsTo('salesforce')).length, stripe: (await callsTo('stripe')).length };
  await setFault('salesforce', { fault: 'down', share: 0.4, seconds });
  await setFault('stripe', { fault: 'down', share: 0.4, seconds });

  await Promise.all(records.map(announce));

  await deliveryTimes(records, 45_000);
  for (const system of ['salesforce', 'stripe'] as const) {
    const statuses = (await callsTo(system)).slice(before[system]).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503).length, system).toBeGreaterThan(3);
  }
  await expectNoneParked(sqs, records);
  await clearFaults();
  await expectOneRecordEach(records);
  await atRest(sqs);
});
