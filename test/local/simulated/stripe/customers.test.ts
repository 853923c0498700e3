import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { call, errorOf } from '../support.ts';
import { API_KEY, simulatedStripe, stripeClient } from './client.ts';

type InvalidRequest = Stripe.errors.StripeInvalidRequestError;

describe('customers, by the official client', () => {
  it('creates a customer with everything that was sent', async () => {
    const { stripe } = await simulatedStripe();

    const customer = await stripe.customers.create({
      name: 'Müller & Söhne',
      email: 'billing@acme.example',
      phone: '+4930123',
      address: { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' },
      metadata: { salesforce_account_id: '001bn0000000001AAA' },
      preferred_locales: ['de', 'en'],
      shipping: { name: 'Lager', address: { line1: 'Hof 2' } },
    });

    expect(customer).toMatchObject({
      id: expect.stringMatching(/^cus_[0-9A-Za-z]{14}$/),
      object: 'customer',
      name: 'Müller & Söhne',
      address: { line1: 'Hauptstr. 1', line2: null, city: 'Berlin', state: null, postal_code: null, country: 'DE' },
      metadata: { salesforce_account_id: '001bn0000000001AAA' },
      preferred_locales: ['de', 'en'],
      shipping: { name: 'Lager', phone: null, address: { line1: 'Hof 2', city: null } },
      livemode: false,
    });
    expect(await stripe.customers.retrieve(customer.id)).toEqual(customer);
  });

  it('updates only what is sent; an empty string unsets', async () => {
    const { stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({
      name: 'Acme',
      phone: '123',
      address: { line1: 'A 1', city: 'Ulm' },
      metadata: { a: '1', b: '2' },
    });

    const updated = await stripe.customers.update(id, {
      phone: '',
      address: { line1: '' },
      metadata: { a: '', c: '3' },
    });

    expect(updated).toMatchObject({ name: 'Acme', phone: null, address: { line1: null, city: 'Ulm' } });
    expect(updated.metadata).toEqual({ b: '2', c: '3' });
  });

  it('clears all metadata, and the address, by an empty string', async () => {
    const { stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({ metadata: { a: '1' }, address: { city: 'Ulm' } });

    const updated = await stripe.customers.update(id, { metadata: '', address: '' });

    expect(updated).toMatchObject({ metadata: {}, address: null });
  });

  it('answers a stub for a deleted customer, and 404 for its update', async () => {
    const { stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({ name: 'Acme' });

    const deleted = await stripe.customers.del(id);

    const error = await errorOf<InvalidRequest>(stripe.customers.update(id, { name: 'Other' }));
    expect(deleted).toMatchObject({ id, object: 'customer', deleted: true });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ id, deleted: true });
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it('does not know a customer that never was', async () => {
    const { stripe } = await simulatedStripe();

    const error = await errorOf<InvalidRequest>(stripe.customers.retrieve('cus_none'));

    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' });
    expect(error.message).toBe("No such customer: 'cus_none'");
  });

  it.each([
    [{ nmae: 'Acme' }, 'parameter_unknown', 'nmae'],
    [{ address: { street: 'A' } }, 'parameter_unknown', 'address[street]'],
    [{ email: 'not an address' }, 'email_invalid', 'email'],
    [{ balance: 'lots' }, 'parameter_invalid_integer', 'balance'],
    [{ name: 'x'.repeat(257) }, undefined, 'name'],
    [{ phone: '1'.repeat(21) }, undefined, 'phone'],
    [{ metadata: { ['k'.repeat(41)]: 'v' } }, undefined, `metadata[${'k'.repeat(41)}]`],
    [{ metadata: { k: 'v'.repeat(501) } }, undefined, 'metadata[k]'],
    [{ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])) }, undefined, 'metadata'],
    [{ shipping: { address: { line1: 'A' } } }, 'parameter_missing', 'shipping[name]'],
    [{ tax_exempt: 'maybe' }, undefined, 'tax_exempt'],
    [{ address: 'Berlin' }, undefined, 'address'],
    [{ preferred_locales: 'de' }, undefined, 'preferred_locales'],
  ])('refuses %j', async (params, code, param) => {
    const { stripe } = await simulatedStripe();

    const error = await errorOf<InvalidRequest>(stripe.customers.create(params as Stripe.CustomerCreateParams));

    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(error).toMatchObject({ statusCode: 400, code, param });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it('takes values at their limits', async () => {
    const { stripe } = await simulatedStripe();

    const customer = await stripe.customers.create({
      name: 'x'.repeat(256),
      phone: '1'.repeat(20),
      metadata: { ['k'.repeat(40)]: 'v'.repeat(500) },
    });

    expect(customer.name).toHaveLength(256);
  });
});

describe('the account', () => {
  it('refuses a wrong key', async () => {
    const { system } = await simulatedStripe();

    const error = await errorOf(stripeClient(system.url, 'sk_test_other').balance.retrieve());

    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });

  it.each([
    [{ authorization: `Basic ${btoa(`${API_KEY}:`)}` }, 200],
    [{ authorization: `Basic ${btoa('sk_test_other:')}` }, 401],
    [{}, 401],
  ])('authenticates %j', async (headers: Record<string, string>, status) => {
    const { system } = await simulatedStripe();

    const answer = await call(system.url, '/v1/balance', { headers });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('request-id')).toMatch(/^req_/);
  });

  it('echoes the version that was asked for', async () => {
    const { stripe } = await simulatedStripe();

    const balance = await stripe.balance.retrieve();

    expect(balance.lastResponse).toMatchObject({ apiVersion: '2026-10-28.endive', statusCode: 200 });
  });

  it('does not serve what it does not simulate', async () => {
    const { stripe } = await simulatedStripe();

    const error = await errorOf(stripe.invoices.list());

    expect(error.message).toContain('Unrecognized request URL (GET: /v1/invoices)');
  });

  it('refuses a JSON body', async () => {
    const { system } = await simulatedStripe();

    const answer = await call(system.url, '/v1/customers', {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: '{}',
    });

    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } });
  });
});
