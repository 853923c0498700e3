import { setTimeout } from 'node:timers/promises';
import type { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClients } from '../support/clients.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  announce,
  atRest,
  deliveryTimes,
  expectNoneParked,
  expectOneRecordEach,
  type Unannounced,
  unannouncedAccounts,
  unannouncedCustomers,
} from './support/events.ts';
import { functionOf } from './support/names.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import { deadLetterAbout, deadLettersAbout, type FlowName, flows, setVisibilityTimeout } from './support/queues.ts';
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
  timeOfCall,
  warmUp,
} from './support/systems.ts';
import { hasWorkers, killWorkersOf } from './support/workers.ts';

const stripe = stripeClient();
const { sqs } = awsClients();
let salesforce: Connection;

/** Seconds after which a message comes back whose function was killed: as deployed, and for the quicker tests. */
const [deployedSeconds, quickSeconds] = [30, 8];

/** Below the call timeout of a second: nothing but a kill ends such a call. */
const slow = { fault: 'slow', ms: 900 };

afterAll(async () => {
  await clearFaults();
  for (const flow of Object.values(flows)) await setVisibilityTimeout(sqs, flow, deployedSeconds);
  await atRest(sqs);
});

/** Kills the flow's function while a slow write is under way at the destination, where it lands all the same. */
async function killAmidWrite(flow: FlowName, destination: SystemName, since: number): Promise<void> {
  const underWay = async () => {
    const calls = (await callsTo(destination)).slice(since);
    return calls.some(({ fault, status }) => fault === 'slow' && status === null);
  };
  await waitFor(underWay, { everyMs: 5, what: 'a write under way' });
  expect(await killWorkersOf(functionOf('deliver-event', flow))).toBeGreaterThan(0);
  expect(await underWay()).toBe(true);
}

const callsSoFar = async (system: SystemName) => (await callsTo(system)).length;

describe.skipIf(!hasWorkers)('a function that is killed', { concurrent: true }, () => {
  const [here, there] = [aPerson(), aPerson()];
  let killedAt: number;
  let customerId: string;
  let accountId: string;

  beforeAll(async () => {
    salesforce = await salesforceClient();
    await warmUp(stripe, salesforce);
    const before = { salesforce: await callsSoFar('salesforce'), stripe: await callsSoFar('stripe') };
    killedAt = Date.now();
    await setFault('salesforce', { ...slow, operation: 'upsert', times: 1 });
    customerId = (await stripe.customers.create(asCustomer(here))).id;
    await killAmidWrite(flows.fromStripe, 'salesforce', before.salesforce);
    await accountOf(salesforce, customerId);
    accountId = String((await (await salesforceClient('millrace')).sobject('Account').create(asAccount(there))).id);
    await setFault('stripe', { ...slow, operation: 'create', times: 1 });
    await announce({ id: accountId, flow: flows.fromSalesforce });
    await killAmidWrite(flows.fromSalesforce, 'stripe', before.stripe);
    for (const flow of Object.values(flows)) await setVisibilityTimeout(sqs, flow, quickSeconds);
  });

  it('with its write under way, either way: delivered after the visibility timeout, one record', async () => {
    const records: Unannounced[] = [
      { id: customerId, person: here, flow: flows.fromStripe },
      { id: accountId, person: there, flow: flows.fromSalesforce },
    ];
    const times = await deliveryTimes(records, 50_000);

    for (const at of times) expect(at - killedAt).toBeGreaterThan((deployedSeconds - 5) * 1_000);
    expect((await findAccounts(salesforce, 'Name', here.name)).map(({ Id }) => Id)).toEqual([
      await linkOf(stripe, customerId),
    ]);
    expect((await stripe.customers.list({ email: there.email })).data.map(({ id }) => id)).toEqual([
      (await customerOf(salesforce, accountId)).id,
    ]);
    await expectNoneParked(sqs, records);
  });

  it('twelve times (stands for a hundred), amid the writes of twelve records: all delivered, one record each', async () => {
    const records = await unannouncedCustomers(12);
    for (const record of records) {
      const before = await callsSoFar('salesforce');
      await setFault('salesforce', { ...slow, operation: 'upsert', record: record.id, times: 1 });
      await announce(record);
      await killAmidWrite(flows.fromStripe, 'salesforce', before);
    }

    await deliveryTimes(records, 40_000);
    await expectOneRecordEach(records);
    await expectNoneParked(sqs, records);
  });

  it('by one message whenever it works on it: that one is parked for it, and its neighbours are delivered', async () => {
    const [killer, ...neighbours] = await unannouncedAccounts(12);
    const before = await callsSoFar('stripe');
    await setFault('stripe', { ...slow, record: killer!.id });
    const parked = deadLetterAbout(sqs, flows.fromSalesforce, killer!.id, 45_000);

    await Promise.all([killer!, ...neighbours.slice(0, 4)].map(announce));
    const kills = killAgainAndAgain(before, parked);
    for (const neighbour of neighbours.slice(4)) {
      await setTimeout(2_000);
      await announce(neighbour);
    }

    const { attributes } = await parked;
    expect(attributes).toMatchObject({
      reason: expect.stringMatching(/^it ended the function [12] times, alone, while others went through$/),
      category: 'permanent',
      lastErrorCode: 'kills-the-function',
    });
    expect(await kills).toBeLessThanOrEqual(3);
    await deliveryTimes(neighbours);
    await expectNoneParked(sqs, neighbours);
    await expectOneRecordEach(neighbours);
    expect(await deadLettersAbout(sqs, flows.fromSalesforce, killer!.id)).toHaveLength(1);
  });
});

/** Kills the function whenever a slow call to Stripe is under way, until then; resolves to how often that was. */
async function killAgainAndAgain(since: number, until: Promise<unknown>): Promise<number> {
  let [kills, last, isDone] = [0, 0, false];
  const end = () => {
    isDone = true;
  };
  until.then(end, end);
  while (!isDone) {
    const calls = (await callsTo('stripe')).slice(since);
    const underWay = calls.find((call) => call.fault === 'slow' && call.status === null && timeOfCall(call) > last);
    if (underWay !== undefined && (await killWorkersOf(functionOf('deliver-event', flows.fromSalesforce))) > 0) {
      kills += 1;
      last = timeOfCall(underWay);
    }
    await setTimeout(10);
  }
  return kills;
}
