/**
 * The emulator runs one invocation of a FIFO queue at a time: what is shown here is the order of receivers that race
 * each other, of batches and of hand-backs, not that two containers never overtake each other.
 */
import type Stripe from 'stripe';
import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import { openScene } from './support/scene.ts';
import { accountOf, callsTo, clearFaults, customerOf, findAccounts, linkOf, setFault } from './support/systems.ts';

const changes = 50;

/**
 * So many at once; the next ones follow as soon as one of these is seen, while the others may still be on their way. So
 * webhooks race each other to the queue, and deliveries meet changes still to come.
 */
const burst = 5;

const { stripe, salesforce } = await openScene();

/** The name that a record gets by its nth change, and which change a name is of. */
const nameOf = (person: { name: string }, change: number) => `${person.name} #${change}`;
const changeOf = (name: string | null | undefined) => Number(/#(\d+)$/.exec(name ?? '')?.[1] ?? -1);

function expectNeverOlder(seen: readonly number[]): void {
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
}

/** A Customer whose changes Salesforce can't take for now. */
async function failingCustomer(): Promise<Stripe.Customer> {
  const customer = await stripe.customers.create(asCustomer(aPerson()));
  await linkOf(stripe, customer.id);
  await setFault('salesforce', { fault: 'down', operation: 'upsert', record: customer.id });
  return stripe.customers.update(customer.id, { name: nameOf({ name: 'Late' }, 1) });
}

it('50 quick changes of a Customer reach its Account in order, while another one fails (one invocation at a time)', async () => {
  const person = aPerson();
  const customer = await stripe.customers.create(asCustomer(person));
  await linkOf(stripe, customer.id);
  const failing = await failingCustomer();
  await waitFor(async () =>
    (await callsTo('salesforce')).some(({ path, status }) => status === 503 && path.endsWith(failing.id)),
  );

  const seen: number[] = [];
  const look = async () => {
    const change = changeOf((await accountOf(salesforce, customer.id)).Name);
    seen.push(change);
    return change;
  };
  for (let change = 1; change <= changes; change += 1) {
    await stripe.customers.update(customer.id, { name: nameOf(person, change) });
    if (change % burst === 0) await waitFor(async () => (await look()) > change - burst, { everyMs: 1 });
  }
  await waitFor(async () => (await look()) === changes, { everyMs: 5, what: 'the last state at the destination' });

  expectNeverOlder(seen);
  expect(new Set(seen).size).toBeGreaterThanOrEqual(changes / burst);
  // The other one is still to come, and comes as soon as it is taken.
  expect((await accountOf(salesforce, failing.id)).Name).not.toBe(failing.name);
  await clearFaults();
  await waitFor(async () => (await accountOf(salesforce, failing.id)).Name === failing.name);
  expect(changeOf((await accountOf(salesforce, customer.id)).Name)).toBe(changes);
});

it('50 quick changes of an Account reach its Customer in order: Stripe lists every state it had (one invocation at a time)', async () => {
  const person = aPerson();
  const created = await salesforce.sobject('Account').create(asAccount(person));
  const accountId = String(created.id);
  const customer = await customerOf(salesforce, accountId);
  const look = async () => changeOf((await customerOf(salesforce, accountId)).name);

  for (let change = 1; change <= changes; change += 1) {
    await salesforce.sobject('Account').update({ Id: accountId, Name: nameOf(person, change) });
    if (change % burst === 0) await waitFor(async () => (await look()) > change - burst, { everyMs: 1 });
  }

  await waitFor(async () => (await look()) === changes, { what: 'the last state at the destination' });
  expect((await findAccounts(salesforce, 'Id', accountId))[0]?.Name).toBe(nameOf(person, changes));
  const events = await stripe.events.list({ type: 'customer.updated', limit: 100 });
  const states = events.data
    .map((event) => event.data.object as Stripe.Customer)
    .filter(({ id }) => id === customer.id);
  // Newest first.
  const seen = states.map(({ name }) => changeOf(name)).reverse();
  expectNeverOlder(seen);
  expect(seen.at(-1)).toBe(changes);
  expect(new Set(seen).size).toBeGreaterThanOrEqual(changes / burst);
});
