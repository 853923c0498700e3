import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { previousAttributes } from '../../../../local/simulated/stripe/previous-attributes.ts';
import { waitFor, webhookReceiver } from '../support.ts';
import { simulatedStripe } from './client.ts';

const SECRET = 'whsec_c2VjcmV0IG9mIGEgdGVzdA==';

describe('events', () => {
  it('tells of a creation which call made it, and with which key', async () => {
    const { stripe } = await simulatedStripe();
    const customer = await stripe.customers.create({ name: 'Acme' }, { idempotencyKey: 'millrace:1' });

    const [event] = (await stripe.events.list()).data;

    expect(event).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      object: 'event',
      type: 'customer.created',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 0,
      request: { id: customer.lastResponse.requestId, idempotency_key: 'millrace:1' },
    });
    expect(event?.data).toEqual({ object: customer });
    expect(await stripe.events.retrieve(event!.id)).toEqual(event);
  });

  it('tells of an update exactly what was there before', async () => {
    const { stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({
      name: 'Acme',
      phone: '1',
      address: { line1: 'A', city: 'Ulm' },
      metadata: { a: '1', b: '2' },
      preferred_locales: ['de'],
    });

    await stripe.customers.update(id, {
      name: 'Acme GmbH',
      phone: '1',
      address: { line1: 'B', city: 'Ulm' },
      metadata: { a: '', c: '3' },
      preferred_locales: ['de', 'en'],
    });

    const [event] = (await stripe.events.list({ type: 'customer.updated' })).data;
    expect(event?.data.previous_attributes).toEqual({
      name: 'Acme',
      address: { line1: 'A' },
      metadata: { a: '1', c: null },
      preferred_locales: ['de'],
    });
    expect(event?.data.object).toMatchObject({ name: 'Acme GmbH', metadata: { b: '2', c: '3' } });
  });

  it('makes no event of an update that changes nothing', async () => {
    const { stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({ name: 'Acme', metadata: { a: '1' } });

    const same = await stripe.customers.update(id, { name: 'Acme', metadata: { a: '1' } });

    expect(same).toMatchObject({ id, name: 'Acme' });
    expect((await stripe.events.list()).data).toHaveLength(1);
  });

  it('keeps an event as it was when the customer changes later', async () => {
    const { stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({ name: 'Acme', metadata: { a: '1' } });

    await stripe.customers.update(id, { name: 'Other', metadata: { a: '2' } });

    const [created] = (await stripe.events.list({ type: 'customer.created' })).data;
    expect(created?.data.object).toMatchObject({ name: 'Acme', metadata: { a: '1' } });
  });
});

describe('webhooks', () => {
  it('are accepted by constructEvent, and refused when a byte differs', async () => {
    const receiver = await webhookReceiver();
    const { system, stripe } = await simulatedStripe();
    system.setWebhook({ url: receiver.url, secret: SECRET });
    const { id } = await stripe.customers.create({ name: 'Müller' });
    await stripe.customers.update(id, { name: 'Maier' });
    await stripe.customers.del(id);
    await waitFor(() => receiver.received.length === 3);

    const events = receiver.received.map(({ body, headers }) =>
      stripe.webhooks.constructEvent(body, headers['stripe-signature']!, SECRET),
    );

    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['customer.created', 'customer.updated', 'customer.deleted']),
    );
    const [{ body, headers }] = receiver.received as [(typeof receiver.received)[0]];
    expect(() => stripe.webhooks.constructEvent(`${body} `, headers['stripe-signature']!, SECRET)).toThrow();
  });

  it('are sent again after a 500, as the same event', async () => {
    const receiver = await webhookReceiver([500]);
    const { system, stripe } = await simulatedStripe();
    system.setWebhook({ url: receiver.url, secret: SECRET });

    await stripe.customers.create({ name: 'Acme' });

    await waitFor(() => receiver.received.length === 2);
    const [first, second] = receiver.received.map(({ body }) => body);
    expect(second).toBe(first);
    await waitFor(async () => (await stripe.events.list()).data[0]?.pending_webhooks === 0);
    expect((JSON.parse(first!) as Stripe.Event).pending_webhooks).toBe(1);
  });
});

describe('previousAttributes', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, undefined],
    [{ a: null }, { a: { b: 1 } }, { a: null }],
    [{ a: { b: 1 } }, { a: null }, { a: { b: 1 } }],
    [{ a: { b: 1, c: { d: 1, e: 2 } } }, { a: { b: 1, c: { d: 2, e: 2 } } }, { a: { c: { d: 1 } } }],
    [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, { a: [{ b: 1 }] }],
    [{}, { a: 'new' }, { a: null }],
  ])('of %j to %j', (before, after, expected) => {
    const previous = previousAttributes(before, after);

    expect(previous).toEqual(expected);
  });
});
