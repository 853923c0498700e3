import { describe, expect, it } from 'vitest';
import type { Connect } from '../../../functions/connectors/connector.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import accountToStripeCustomer from '../../../integrations/salesforce-stripe/flows/account-to-stripe-customer.ts';
import stripeCustomerToAccount from '../../../integrations/salesforce-stripe/flows/stripe-customer-to-account.ts';
import { waitFor } from '../../support/wait-for.ts';
import { simulatedSalesforce, simulatedStripe } from '../connectors/support/systems.ts';
import { ownClock } from './support/clock.ts';
import { aDelivery, type DeliverySetup } from './support/delivery.ts';

/** Both shipped flows, over real HTTP, between a simulated Stripe and a simulated Salesforce. */
async function bothSystems(differs: Partial<DeliverySetup> = {}) {
  const clock = ownClock();
  const stripe = await simulatedStripe();
  const salesforce = await simulatedSalesforce();
  return {
    clock,
    stripe,
    salesforce,
    toStripe: aDelivery({ clock, source: salesforce, destination: stripe, flow: accountToStripeCustomer, ...differs }),
    toSalesforce: aDelivery({
      clock,
      source: stripe,
      destination: salesforce,
      flow: stripeCustomerToAccount,
      ...differs,
    }),
    /** A person creates an Account; answers its id. */
    anAccount: async (fields: object = { Name: 'Ada Lovelace' }) => {
      const { id } = await salesforce.look('/sobjects/Account', { method: 'POST', body: JSON.stringify(fields) });
      return String(id);
    },
    /** A person creates a Customer; answers its id. */
    aCustomer: async (fields: Record<string, string> = { name: 'Ada Lovelace' }) => {
      const headers = { authorization: 'Bearer sk_test_secret', 'content-type': 'application/x-www-form-urlencoded' };
      const body = new URLSearchParams(fields).toString();
      const answer = await fetch(`${stripe.url}/v1/customers`, { method: 'POST', headers, body });
      return ((await answer.json()) as { id: string }).id;
    },
    customers: async () => (await stripe.look('/v1/customers')).data,
    accounts: async () => (await salesforce.look('/query?q=SELECT+Id,Name,Stripe_Customer_Id__c+FROM+Account')).records,
  };
}

describe('the shipped flows, between two simulated systems', () => {
  it('a Customer becomes one Account, linked on both sides', async () => {
    const { toSalesforce, aCustomer, customers, accounts } = await bothSystems();
    const id = await aCustomer();
    toSalesforce.send({ subject: id, type: 'customer.created' });
    toSalesforce.send({ subject: id, type: 'customer.updated' });

    await toSalesforce.run();

    const [account] = await accounts();
    expect(await accounts()).toMatchObject([{ Name: 'Ada Lovelace', Stripe_Customer_Id__c: id }]);
    expect(await customers()).toMatchObject([{ id, metadata: { salesforce_account_id: account?.Id } }]);
    expect(toSalesforce.telemetry.lines.map(({ created }) => created)).toEqual([true, false]);
  });

  it('an Account becomes one Customer, linked on both sides', async () => {
    const { toStripe, anAccount, customers, accounts } = await bothSystems();
    const id = await anAccount();
    toStripe.send({ subject: id, type: 'Account.CREATE' });
    toStripe.send({ subject: id, type: 'Account.UPDATE' });

    await toStripe.run();

    const [customer] = await customers();
    expect(await customers()).toMatchObject([{ name: 'Ada Lovelace', metadata: { salesforce_account_id: id } }]);
    expect(await accounts()).toMatchObject([{ Id: id, Stripe_Customer_Id__c: customer?.id }]);
    expect(toStripe.telemetry.lines.map(({ created }) => created)).toEqual([true, false]);
  });

  it.each([
    ['cut', { fault: 'lost-response', times: 1 }, 'connection'],
    ['too late', { fault: 'slow', ms: 400, times: 1 }, 'timeout'],
  ])('a create whose answer was %s is found, and makes no second Customer', async (_how, fault, code) => {
    const { stripe, toStripe, anAccount, customers, accounts } = await bothSystems({ callTimeoutMs: 250 });
    const id = await anAccount();
    await stripe.fault(fault);
    toStripe.send({ subject: id });

    await toStripe.poll();
    await waitFor(async () => (await customers()).length === 1, { everyMs: 10 });
    await toStripe.run();

    const [customer] = await customers();
    const codes = toStripe.telemetry.lines.map((line) => line.code).filter((each) => each !== undefined);
    expect(codes[0]).toBe(code);
    expect(await customers()).toHaveLength(1);
    expect(await accounts()).toMatchObject([{ Stripe_Customer_Id__c: customer?.id }]);
    expect(toStripe.telemetry.counts.get('EventDelivered')).toBe(1);
  });

  // Bug: the create landed after we hung up and after the next run had looked, and a second customer was made.
  // Fix: the next run looks only when it can't land any more.
  it('a create that lands late, after an outage and a redrive, makes no second Customer', async () => {
    const policies = resolvePolicies({ retry: { giveUp: 'at-once' } });
    const { stripe, toStripe, anAccount, customers } = await bothSystems({ callTimeoutMs: 200, policies });
    const id = await anAccount();
    await stripe.fault({ fault: 'slow', ms: 300, times: 1 });
    toStripe.send({ subject: id });
    await toStripe.poll();
    await waitFor(async () => (await customers()).length === 1, { everyMs: 10 });
    await stripe.fault({ fault: 'down', times: 4, operation: 'list' });
    await toStripe.run();

    const [deadLetter] = toStripe.deadLetters.messages;
    toStripe.queue.send({ groupId: id, deduplicationId: 'redriven', body: deadLetter?.body ?? '' });
    await toStripe.run();

    expect(await customers()).toHaveLength(1);
  });

  // Bug: each event whose link was refused was parked, and the next one made another customer.
  // Fix: the intent keeps the customer's id.
  it('a link that is refused for good makes no second Customer, however many events come', async () => {
    const { clock, stripe, salesforce, anAccount, customers } = await bothSystems();
    const refusal = { kind: 'permanent', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', status: 400 } as const;
    const connect: Connect = (services) => ({
      ...salesforce.connect(services),
      link: async () => ({ ...refusal, operation: 'salesforce.link' }),
    });
    const source = { ...salesforce, connect };
    const toStripe = aDelivery({ clock, source, destination: stripe, flow: accountToStripeCustomer });
    const id = await anAccount();
    for (let nth = 0; nth < 4; nth += 1) toStripe.send({ subject: id });

    await toStripe.run();

    expect(await customers()).toHaveLength(1);
    expect(toStripe.deadLetters.messages).toHaveLength(4);
  });

  it('a failure between create and link makes no second Customer, and the link is made up for', async () => {
    const { salesforce, toStripe, anAccount, customers, accounts } = await bothSystems();
    const id = await anAccount();
    await salesforce.fault({ fault: 'down', operation: 'update', times: 1 });
    toStripe.send({ subject: id });

    await toStripe.run();

    const [customer] = await customers();
    expect(toStripe.telemetry.lines.map(({ operation }) => operation)).toEqual(['salesforce.link', undefined]);
    expect(await customers()).toHaveLength(1);
    expect(await accounts()).toMatchObject([{ Stripe_Customer_Id__c: customer?.id }]);
  });

  it('a crash right after the create makes no second Customer', async () => {
    const { clock, toStripe, anAccount, customers, accounts } = await bothSystems();
    const id = await anAccount();
    const isNoteOfIt = ({ step, keys }: { step: string; keys: readonly string[] }) =>
      step === 'replace' && keys[0]?.startsWith('intent:') && toStripe.table.rows.has(keys[0]);
    toStripe.table.before.push((call) => (isNoteOfIt(call) ? toStripe.kill() : undefined));
    toStripe.send({ subject: id });
    await toStripe.poll();
    const before = (await customers()).length;

    toStripe.table.before.pop();
    clock.advance(180_000);
    await toStripe.run();

    expect(before).toBe(1);
    expect(await customers()).toHaveLength(1);
    expect(await accounts()).toMatchObject([{ Stripe_Customer_Id__c: (await customers())[0]?.id }]);
  });

  // Bug: Salesforce answers 404 for an Account in the recycle bin, which was taken for a mistake: a dead letter, and a
  // critical alarm, for every record that was created and deleted within a moment.
  // Fix: ENTITY_IS_DELETED is read as "gone".
  it.each(['Account', 'Customer'])('an %s that was deleted meanwhile is skipped', async (what) => {
    const { stripe, salesforce, toStripe, toSalesforce, anAccount, aCustomer, customers, accounts } =
      await bothSystems();
    const flow = what === 'Account' ? toStripe : toSalesforce;
    const id = what === 'Account' ? await anAccount() : await aCustomer();
    flow.send({ subject: id });
    if (what === 'Account') await salesforce.look(`/sobjects/Account/${id}`, { method: 'DELETE' });
    else
      await fetch(`${stripe.url}/v1/customers/${id}`, {
        method: 'DELETE',
        headers: { authorization: 'Bearer sk_test_secret' },
      });

    await flow.run();

    expect(flow.telemetry.counts).toEqual(new Map([['EventSkipped', 1]]));
    expect(flow.deadLetters.messages).toEqual([]);
    expect([...(await customers()), ...(await accounts())]).toEqual([]);
  });

  it('a value that the destination refuses is a dead letter that does not quote it', async () => {
    const { toSalesforce, aCustomer, accounts } = await bothSystems();
    const state = 'a personal remark, '.repeat(10);
    const id = await aCustomer({ name: 'Ada Lovelace', email: 'ada@example.com', 'address[state]': state });
    toSalesforce.send({ subject: id, correlationid: 'corr-long' });

    await toSalesforce.run();

    const told = JSON.stringify([toSalesforce.deadLetters.messages, toSalesforce.telemetry.lines]);
    expect(await accounts()).toEqual([]);
    expect(toSalesforce.deadLetters.messages[0]?.attributes).toMatchObject({
      category: 'permanent',
      lastErrorCode: 'STRING_TOO_LONG',
      reason: 'permanent failure at salesforce.upsert',
      correlationId: 'corr-long',
    });
    for (const quote of [state.trim(), 'Ada', 'ada@example.com']) expect(told).not.toContain(quote);
  });

  it('an outage loses nothing, and each record ends with its last state', async () => {
    const { stripe, salesforce, toStripe, anAccount, customers } = await bothSystems();
    const ids = [
      await anAccount({ Name: 'One' }),
      await anAccount({ Name: 'Two' }),
      await anAccount({ Name: 'Three' }),
    ];
    for (const id of [...ids, ...ids]) toStripe.send({ subject: id });
    await stripe.fault({ fault: 'throttle', retryAfter: 5, times: 4 });
    await stripe.fault({ fault: 'down', times: 5 });
    await toStripe.poll();
    const [first = ''] = ids;
    await salesforce.look(`/sobjects/Account/${first}`, { method: 'PATCH', body: '{"Name":"One, renamed"}' });

    await toStripe.run();

    const names = (await customers()).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['One, renamed', 'Three', 'Two']);
    expect(toStripe.deadLetters.messages).toEqual([]);
    expect(toStripe.queue.messages).toEqual([]);
  });
});
