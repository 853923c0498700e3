import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { errorOf, fakeClock } from '../support.ts';
import { simulatedStripe } from './client.ts';

/** An account with customers c1, c2, ... made a second apart, c1 at `startSeconds`. */
async function withCustomers(count: number) {
  const clock = fakeClock();
  const startSeconds = clock.now() / 1000;
  const { stripe } = await simulatedStripe({ now: clock.now });
  const ids: string[] = [];
  for (let i = 1; i <= count; i += 1) {
    const { id } = await stripe.customers.create({ name: `c${i}`, email: `${i % 2 ? 'odd' : 'even'}@acme.example` });
    ids.push(id);
    clock.advance(1);
  }
  return { stripe, ids, startSeconds, clock };
}

const names = ({ data }: Stripe.ApiList<Stripe.Customer>) => data.map(({ name }) => name);

describe('lists of customers', () => {
  it('gives the ten newest first', async () => {
    const { stripe } = await withCustomers(12);

    const list = await stripe.customers.list();

    expect(list).toMatchObject({ object: 'list', has_more: true, url: '/v1/customers' });
    expect(names(list)).toEqual(['c12', 'c11', 'c10', 'c9', 'c8', 'c7', 'c6', 'c5', 'c4', 'c3']);
  });

  it('gives every one exactly once to autoPagingToArray', async () => {
    const { stripe, ids } = await withCustomers(23);

    const all = await stripe.customers.list({ limit: 5 }).autoPagingToArray({ limit: 100 });

    expect(all.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('pages on behind a customer that was deleted meanwhile', async () => {
    const { stripe, ids } = await withCustomers(4);
    await stripe.customers.del(ids[2]!);

    const list = await stripe.customers.list({ starting_after: ids[2]! });

    expect(names(list)).toEqual(['c2', 'c1']);
  });

  it('goes back to the page next to ending_before', async () => {
    const { stripe, ids } = await withCustomers(5);

    const list = await stripe.customers.list({ ending_before: ids[0]!, limit: 2 });

    expect(names(list)).toEqual(['c3', 'c2']);
    expect(list.has_more).toBe(true);
  });

  it('filters by email and by when they were made', async () => {
    const { stripe, startSeconds } = await withCustomers(6);

    const odd = await stripe.customers.list({ email: 'odd@acme.example', limit: 2 });
    const range = await stripe.customers.list({ created: { gt: startSeconds, lte: startSeconds + 3 } });
    const from = await stripe.customers.list({ created: { gte: startSeconds + 4, lt: startSeconds + 5 } });
    const exact = await stripe.customers.list({ created: startSeconds });

    expect([names(odd), odd.has_more]).toEqual([['c5', 'c3'], true]);
    expect(names(range)).toEqual(['c4', 'c3', 'c2']);
    expect(names(from)).toEqual(['c5']);
    expect(names(exact)).toEqual(['c1']);
  });

  it.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 101 }, 'limit'],
    [{ starting_after: 'cus_none' }, 'starting_after'],
    [{ name: 'c1' }, 'name'],
    [{ created: { from: 1 } }, 'created[from]'],
    [{ starting_after: 'cus_none', ending_before: 'cus_none' }, 'starting_after'],
  ])('refuses %j', async (params, param) => {
    const { stripe } = await withCustomers(1);

    const error = await errorOf(stripe.customers.list(params as Stripe.CustomerListParams));

    expect(error).toMatchObject({ statusCode: 400, param });
  });
});

describe('lists of events', () => {
  it('filters by type, types and time, newest first', async () => {
    const { stripe, ids, startSeconds } = await withCustomers(3);
    await stripe.customers.update(ids[0]!, { name: 'renamed' });
    await stripe.customers.del(ids[1]!);
    const typesOf = async (params: Stripe.EventListParams) =>
      (await stripe.events.list(params)).data.map(({ type }) => type.replace('customer.', ''));

    expect(await typesOf({})).toEqual(['deleted', 'updated', 'created', 'created', 'created']);
    expect(await typesOf({ type: 'customer.updated' })).toEqual(['updated']);
    expect(await typesOf({ type: 'customer.*', limit: 2 })).toEqual(['deleted', 'updated']);
    expect(await typesOf({ types: ['customer.deleted', 'customer.updated'] })).toEqual(['deleted', 'updated']);
    expect(await typesOf({ created: { gte: startSeconds + 2 } })).toEqual(['deleted', 'updated', 'created']);
  });

  it('keeps events for 30 days', async () => {
    const { stripe, clock } = await withCustomers(1);

    clock.advance(30 * 24 * 3600 - 1);
    const kept = await stripe.events.list();
    clock.advance(1);

    expect(kept.data).toHaveLength(1);
    expect((await stripe.events.list()).data).toEqual([]);
    expect(await errorOf(stripe.events.retrieve(kept.data[0]!.id))).toMatchObject({ code: 'resource_missing' });
  });

  it.each([
    { type: 'customer.created', types: ['customer.created'] },
    { types: Array.from({ length: 21 }, (_, i) => `t${i}`) },
  ])('refuses %j', async (params) => {
    const { stripe } = await simulatedStripe();

    const error = await errorOf(stripe.events.list(params));

    expect(error).toMatchObject({ statusCode: 400 });
  });
});
