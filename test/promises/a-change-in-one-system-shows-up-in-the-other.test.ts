import type { Connection } from 'jsforce';
import { beforeAll, expect, it } from 'vitest';
import { holdsFor, waitFor } from '../support/wait-for.ts';
import { aPerson, asAccount, asCustomer } from './support/people.ts';
import {
  accountOf,
  countCalls,
  customerOf,
  findAccounts,
  linkOf,
  salesforceClient,
  stripeClient,
} from './support/systems.ts';

const stripe = stripeClient();
let salesforce: Connection;

beforeAll(async () => {
  salesforce = await salesforceClient();
});

/** How many Customers and Accounts a person has become. */
async function countRecords({ name, email }: { name: string; email: string }) {
  const customers = await stripe.customers.list({ email });
  const accounts = await findAccounts(salesforce, 'Name', name);
  return { customers: customers.data.length, accounts: accounts.length };
}

it('a Stripe customer becomes one Account, which follows its changes', async () => {
  const person = aPerson();

  const customer = await stripe.customers.create(asCustomer(person));

  const accountId = await linkOf(stripe, customer.id);
  const account = await accountOf(salesforce, customer.id);
  expect(account).toMatchObject({ ...asAccount(person), Id: accountId, Stripe_Customer_Id__c: customer.id });

  const moved = { ...aPerson(), email: person.email };
  await stripe.customers.update(customer.id, { ...asCustomer(moved), phone: '' });

  await waitFor(async () => (await findAccounts(salesforce, 'Name', moved.name)).length > 0);
  const followed = await accountOf(salesforce, customer.id);
  expect(followed).toMatchObject({ ...asAccount(moved), Phone: null, Id: accountId });
  expect(await countRecords(moved)).toEqual({ customers: 1, accounts: 1 });
});

it('a Salesforce Account becomes one Customer, which follows its changes', async () => {
  const person = aPerson();

  const { id } = await salesforce.sobject('Account').create(asAccount(person));

  const customer = await customerOf(salesforce, String(id));
  expect(customer).toMatchObject({ ...asCustomer(person), metadata: { salesforce_account_id: id } });

  const moved = { ...aPerson(), email: person.email };
  await salesforce.sobject('Account').update({ Id: String(id), ...asAccount(moved), Phone: null });

  const nameNow = async () => (await customerOf(salesforce, String(id))).name;
  await waitFor(async () => (await nameNow()) === moved.name);
  const followed = await customerOf(salesforce, String(id));
  expect(followed).toMatchObject({ ...asCustomer(moved), phone: null, id: customer.id });
  expect(await countRecords(moved)).toEqual({ customers: 1, accounts: 1 });
});

it('either ends with one record on each side, and no call to either system for 10 s after', async () => {
  const [here, there] = [aPerson(), aPerson()];
  const customer = await stripe.customers.create(asCustomer(here));
  const { id } = await salesforce.sobject('Account').create(asAccount(there));
  await linkOf(stripe, customer.id);
  await customerOf(salesforce, String(id));

  const calls = await countCalls();
  await holdsFor(async () => (await countCalls()) === calls, 10_000, 'no call to either system');

  expect(await countRecords(here)).toEqual({ customers: 1, accounts: 1 });
  expect(await countRecords(there)).toEqual({ customers: 1, accounts: 1 });
});
