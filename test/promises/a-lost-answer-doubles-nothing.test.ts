/**
 * The write is done, and its answer never comes: because it takes longer than a call may, or because the connection is
 * cut.
 */
import type Stripe from 'stripe';
import { expect, it } from 'vitest';
import { announce, atRest, deliveryTimes, destinationOf, type Unannounced } from './support/events.ts';
import { aPerson } from './support/people.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { expectOneOfEach, openScene, recordsEachWay, watchCalls } from './support/scene.ts';
import {
  asEcho,
  type Call,
  customerOf,
  findAccounts,
  linkOf,
  salesforceClient,
  setFault,
  systemNames,
  timeOfCall,
} from './support/systems.ts';

const { landsWithinMs } = (await policiesOf(flows.fromSalesforce)).unknown;
const { stripe } = await openScene();
/** What it changes causes no event. */
const salesforce = await salesforceClient('millrace');

/** Both are done, and answered too late or not at all. */
const faults = [{ fault: 'slow', ms: 1_500 }, { fault: 'lost-response' }] as const;

/** Announces each, after the next such write was told to stay without an answer. */
async function announceAll<Record extends Unannounced>(records: readonly Record[], write: (record: Record) => object) {
  for (const [index, record] of records.entries()) {
    await setFault(destinationOf(record), { ...faults[index % faults.length], times: 1, ...write(record) });
    await announce(record);
  }
}

/** A write that was not answered was not repeated while it could still land. */
function expectWaited(calls: readonly Call[]): void {
  const unanswered = calls.filter(({ fault }) => fault !== null);
  expect(unanswered.map(({ fault }) => fault).toSorted()).toEqual(['lost-response', 'lost-response', 'slow', 'slow']);
  // A create is not repeated at all: what it made is found, and updated.
  for (const call of unanswered.filter(({ path }) => path !== '/v1/customers')) {
    const [first, second, ...more] = calls.filter(({ method, path }) => method === call.method && path === call.path);
    expect(timeOfCall(second!) - timeOfCall(first!)).toBeGreaterThan(landsWithinMs);
    expect(more).toEqual([]);
  }
}

type Linked = Unannounced & { readonly otherId: string };

/** Gives each another name, without an event. */
function renameAll(records: readonly Unannounced[]): Promise<Linked[]> {
  return Promise.all(
    records.map(async (record) => {
      const { id, flow } = record;
      const person = { ...record.person, name: aPerson().name };
      if (flow === flows.fromStripe) {
        const otherId = await linkOf(stripe, id);
        await stripe.customers.update(id, { name: person.name }, asEcho());
        return { id, flow, person, otherId };
      }
      const otherId = (await customerOf(salesforce, id)).id;
      await salesforce.sobject('Account').update({ Id: id, Name: person.name });
      return { id, flow, person, otherId };
    }),
  );
}

async function hasArrived({ flow, otherId, person }: Linked): Promise<boolean> {
  if (flow === flows.fromStripe) return (await findAccounts(salesforce, 'Id', otherId))[0]?.Name === person.name;
  return ((await stripe.customers.retrieve(otherId)) as Stripe.Customer).name === person.name;
}

it('neither of a create nor of an update, either way: delivered, and one record', async () => {
  const [fresh, known] = [await recordsEachWay(2), await recordsEachWay(2)];
  await Promise.all(known.map(announce));
  await deliveryTimes(known);
  const renamed = await renameAll(known);
  const calls = await watchCalls();

  await announceAll(fresh, ({ id, flow }) => ({
    operation: flow === flows.fromStripe ? 'upsert' : 'create',
    record: id,
  }));
  await announceAll(renamed, ({ id, flow, otherId }) =>
    flow === flows.fromStripe ? { operation: 'upsert', record: id } : { operation: 'update', record: otherId },
  );

  await deliveryTimes(fresh);
  await atRest();
  expect(await Promise.all(renamed.map(hasArrived))).toEqual(renamed.map(() => true));
  await expectOneOfEach([...fresh, ...renamed]);
  for (const system of systemNames) expectWaited(await calls(system));
});
