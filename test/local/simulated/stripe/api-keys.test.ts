import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { call, errorOf } from '../support.ts';
import { simulatedStripe, stripeClient } from './client.ts';

/** An account, and the official client with a key that was just made. */
async function aKey(permissions: object | undefined) {
  const { system, stripe } = await simulatedStripe();
  const key = 'rk_test_other';
  const request = { key, ...(permissions && { permissions }) };
  const change = (method: 'POST' | 'DELETE') => call(system.url, '/_keys', { method, body: JSON.stringify(request) });
  await change('POST');
  return { system, owner: stripe, stripe: stripeClient(system.url, key), end: () => change('DELETE') };
}

describe('a restricted key', () => {
  it('may do what it was given, and nothing else', async () => {
    const { owner, stripe } = await aKey({ customers: 'read', balance: 'read' });
    const { id } = await owner.customers.create({ name: 'Acme' });

    const read = await stripe.customers.retrieve(id);
    const errors = [await errorOf(stripe.customers.update(id, { name: 'B' })), await errorOf(stripe.events.list())];

    expect(read).toMatchObject({ name: 'Acme' });
    expect((await stripe.balance.retrieve()).object).toBe('balance');
    for (const error of errors) {
      expect(error).toBeInstanceOf(Stripe.errors.StripePermissionError);
      expect(error).toMatchObject({ statusCode: 403, message: expect.not.stringContaining('rk_test_other') });
    }
    expect(await owner.customers.retrieve(id)).toMatchObject({ name: 'Acme' });
  });

  it('is refused for its right before anything is looked for; with it, there is no such object', async () => {
    const reader = await aKey({ customers: 'read' });
    const writer = await aKey({ customers: 'write' });

    const errors = [reader, writer].map(({ stripe }) => errorOf(stripe.customers.update('cus_none', { name: 'B' })));

    expect(await Promise.all(errors)).toMatchObject([{ statusCode: 403 }, { statusCode: 404 }]);
  });
});

it('a key counts from when it is made until it is ended, beside others', async () => {
  const { owner, stripe, end } = await aKey(undefined);

  const before = await stripe.customers.create({ name: 'Acme' });
  await end();
  const after = await errorOf(stripe.customers.list());

  expect(before.name).toBe('Acme');
  expect(after).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  expect((await owner.customers.list()).data).toHaveLength(1);
});

it('a malformed key is refused with what to send, and making keys is no call', async () => {
  const { system } = await simulatedStripe();

  const answer = await call(system.url, '/_keys', { method: 'POST', body: '{"key":"other"}' });

  expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('rk_') } });
  expect((await call(system.url, '/_calls')).body).toEqual([]);
});
