import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import {
  announce,
  atRest,
  deliveryTimes,
  expectNoneParked,
  expectOneRecordEach,
  type Unannounced,
  unannouncedAccounts,
} from './support/events.ts';
import { type Backlog, deliverAmidKills } from './support/killing.ts';
import { aMessage } from './support/messages.ts';
import { functionOf } from './support/names.ts';
import { createOwnQueue } from './support/own-queue.ts';
import { parked, parkedAbout } from './support/parked.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import { type FlowName, flows, setVisibilityTimeout } from './support/queues.ts';
import { openScene, recordsEachWay } from './support/scene.ts';
import {
  accountOf,
  callsTo,
  customerOf,
  findAccounts,
  linkOf,
  type SystemName,
  salesforceClient,
  setFault,
  timeOfCall,
} from './support/systems.ts';
import { hasWorkers, killWorkersOf } from './support/workers.ts';

const { stripe, salesforce } = await openScene({ sideBySide: true });

/** Seconds after which a message comes back whose function was killed: as deployed, and for these tests. */
const [deployedSeconds, quickSeconds] = [30, 8];

/** Below the call timeout of a second: nothing but a kill ends such a call. */
const slow = { fault: 'slow', ms: 900 };

/** Many of the kills hit these: the only write, and the one that tells the record what was just created for it. */
const slowWrites = {
  [flows.fromStripe]: { fault: 'slow', ms: 250, operation: 'upsert', times: 1 },
  [flows.fromSalesforce]: { fault: 'slow', ms: 250, operation: 'update', times: 1 },
} as const;

afterAll(async () => {
  for (const flow of Object.values(flows)) await setVisibilityTimeout(flow, deployedSeconds);
  await atRest();
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

/** Queues messages about a flow's records where only this test's processes take them. */
async function backlogOf(flow: FlowName, records: readonly Unannounced[]): Promise<Backlog> {
  const [queue, deadLetters] = [await createOwnQueue(quickSeconds), await createOwnQueue(quickSeconds)];
  const subjects = records.filter((record) => record.flow === flow).map(({ id }) => id);
  for (const subject of subjects) await queue.send(aMessage(flow, subject));
  return { flow, queue, deadLetters, messages: subjects.length };
}

const callsSoFar = async (system: SystemName) => (await callsTo(system)).length;

describe.skipIf(!hasWorkers)('a function that is killed', { concurrent: true }, () => {
  const [here, there] = [aPerson(), aPerson()];
  let killedAt: number;
  let customerId: string;
  let accountId: string;

  beforeAll(async () => {
    for (const flow of Object.values(flows)) await setVisibilityTimeout(flow, quickSeconds);
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
  });

  it('with its write under way, either way: delivered after the visibility timeout, one record', async () => {
    const records: Unannounced[] = [
      { id: customerId, person: here, flow: flows.fromStripe },
      { id: accountId, person: there, flow: flows.fromSalesforce },
    ];
    const times = await deliveryTimes(records);

    for (const at of times) expect(at - killedAt).toBeGreaterThan((quickSeconds - 1) * 1_000);
    expect((await findAccounts(salesforce, 'Name', here.name)).map(({ Id }) => Id)).toEqual([
      await linkOf(stripe, customerId),
    ]);
    expect((await stripe.customers.list({ email: there.email })).data.map(({ id }) => id)).toEqual([
      (await customerOf(salesforce, accountId)).id,
    ]);
    await expectNoneParked(records);
  });

  it('by one message whenever it works on it: that one is parked for it, and its neighbours are delivered', async () => {
    const [killer, ...neighbours] = await unannouncedAccounts(12);
    const before = await callsSoFar('stripe');
    await setFault('stripe', { ...slow, record: killer!.id });
    const isParked = parked(killer!.id, 'parked', 45_000);
    const kills = killAgainAndAgain(before, isParked);

    await Promise.all([killer!, ...neighbours.slice(0, 4)].map(announce));
    for (const neighbour of neighbours.slice(4)) {
      await setTimeout(2_000);
      await announce(neighbour);
    }

    expect((await isParked).letter).toMatchObject({
      reason: expect.stringMatching(/^it ended the function (once|2 times), alone, while others went through$/),
      category: 'permanent',
      lastErrorCode: 'kills-the-function',
    });
    expect(await kills).toBeLessThanOrEqual(3);
    await deliveryTimes(neighbours);
    await expectNoneParked(neighbours);
    await expectOneRecordEach(neighbours);
    expect(await parkedAbout(killer!.id)).toHaveLength(1);
  });
});

it('killed a hundred times, at any moment of its first work on a record: all are delivered, one record each (the built bundle as several processes, since the emulator runs one at a time)', {
  // Starting a hundred processes takes half a minute of two idle cores.
  timeout: 300_000,
}, async () => {
  // More than are killed: a quick machine is done with some of them before their kill comes.
  const records = await recordsEachWay(64);
  for (const { id, flow } of records) await setFault('salesforce', { ...slowWrites[flow], record: id });
  const backlogs = await Promise.all(Object.values(flows).map((flow) => backlogOf(flow, records)));

  const kills = await Promise.all(
    backlogs.map((backlog) => deliverAmidKills(backlog, { containers: 2, times: 50, withinMs: 300 })),
  );

  expect(Math.min(...kills)).toBeGreaterThanOrEqual(50);
  await expectOneRecordEach(records);
  for (const { deadLetters } of backlogs) expect(await deadLetters.depth()).toBe(0);
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
