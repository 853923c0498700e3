import type { Connection } from 'jsforce';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { awsClients } from '../support/clients.ts';
import { waitFor } from '../support/wait-for.ts';
import { logEntries, logEntry } from './support/logs.ts';
import { functionOf } from './support/names.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import { deadLettersAbout, type FlowName, flows } from './support/queues.ts';
import {
  accountOf,
  callsTo,
  clearFaults,
  customerOf,
  findAccounts,
  linkOf,
  type SystemName,
  salesforceClient,
  setFault,
  stripeClient,
  warmUp,
} from './support/systems.ts';
import { hasWorkers, killWorkersOf } from './support/workers.ts';

const stripe = stripeClient();
const { sqs } = awsClients();
let salesforce: Connection;

beforeAll(async () => {
  salesforce = await salesforceClient();
  await warmUp(stripe, salesforce);
});

afterEach(clearFaults);

/** Kills the flow's function while its write is under way at the destination, where it lands all the same. */
async function killAmidWrite(flow: FlowName, destination: SystemName, isWrite: (path: string) => boolean) {
  const underWay = async () => {
    const calls = await callsTo(destination);
    return calls.some(({ method, path, status }) => method !== 'GET' && isWrite(path) && status === null);
  };
  await waitFor(underWay, { everyMs: 5, what: 'a write under way' });
  expect(await killWorkersOf(functionOf('deliver-event', flow))).toBeGreaterThan(0);
  expect(await underWay()).toBe(true);
}

/** The event was delivered once, by a second receive after the visibility timeout of 30 s. */
async function expectDeliveredOnce(flow: FlowName, subject: string, since: number): Promise<void> {
  const delivered = await logEntry({ message: 'event delivered', subject });
  expect(Date.parse(String(delivered.timestamp)) - since).toBeGreaterThan(25_000);
  expect(logEntries({ message: 'event delivered', subject })).toHaveLength(1);
  expect(logEntries({ message: 'attempt failed', subject })).toEqual([]);
  expect(await deadLettersAbout(sqs, flow, subject)).toEqual([]);
}

it.skipIf(!hasWorkers)(
  'killed with its write under way, either way: delivered after the visibility timeout, one record',
  async () => {
    const since = Date.now();
    const [here, there] = [aPerson(), aPerson()];
    // Below the call timeout of a second: nothing but the kill ends these calls.
    await setFault('salesforce', { fault: 'slow', ms: 900, times: 1 });
    const customer = await stripe.customers.create(asCustomer(here));
    await killAmidWrite(flows.fromStripe, 'salesforce', (path) => path.endsWith(customer.id));

    await accountOf(salesforce, customer.id);
    await setFault('stripe', { fault: 'slow', ms: 900, times: 1 });
    const accountId = String((await salesforce.sobject('Account').create(asAccount(there))).id);
    await killAmidWrite(flows.fromSalesforce, 'stripe', (path) => path === '/v1/customers');

    const accountOfCustomer = await linkOf(stripe, customer.id, 45_000);
    const customerOfAccount = await customerOf(salesforce, accountId, 45_000);
    await expectDeliveredOnce(flows.fromStripe, customer.id, since);
    await expectDeliveredOnce(flows.fromSalesforce, accountId, since);
    expect((await findAccounts(salesforce, 'Name', here.name)).map(({ Id }) => Id)).toEqual([accountOfCustomer]);
    expect((await stripe.customers.list({ email: there.email })).data.map(({ id }) => id)).toEqual([
      customerOfAccount.id,
    ]);
  },
);
