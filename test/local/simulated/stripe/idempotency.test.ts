import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { IdempotencyLayer } from '../../../../local/simulated/stripe/idempotency.ts';
import { errorOf, fakeClock, postFault } from '../support.ts';
import { simulatedStripe } from './client.ts';

const key = { idempotencyKey: 'millrace:evt-1:attempt-1' };

describe('idempotency keys', () => {
  it('replays the first answer, and does the operation once', async () => {
    const { stripe } = await simulatedStripe();
    const first = await stripe.customers.create({ name: 'Acme', email: 'a@acme.example' }, key);

    const second = await stripe.customers.create({ email: 'a@acme.example', name: 'Acme' }, key);

    expect(second).toEqual(first);
    expect((await stripe.customers.list()).data).toHaveLength(1);
    expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
      'idempotency-key': key.idempotencyKey,
    });
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  });

  it.each(['other parameters', 'another endpoint'])('refuses the key for %s', async (difference) => {
    const { stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({ name: 'Acme' }, key);

    const again =
      difference === 'another endpoint'
        ? stripe.customers.update(id, { name: 'Acme' }, key)
        : stripe.customers.create({ name: 'Other' }, key);

    const error = await errorOf(again);
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error).toMatchObject({ statusCode: 400 });
  });

  it('answers 409 while the first call is in flight', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'slow', ms: 300, times: 1 });
    const first = stripe.customers.create({ name: 'Acme' }, key);
    await new Promise((resolve) => setTimeout(resolve, 50));

    const error = await errorOf(stripe.customers.create({ name: 'Acme' }, key));

    expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    const { id } = await first;
    expect((await stripe.customers.create({ name: 'Acme' }, key)).id).toBe(id);
  });

  it('saves a 404, which execution found', async () => {
    const { stripe } = await simulatedStripe();
    await errorOf(stripe.customers.update('cus_none', { name: 'Acme' }, key));

    const error = await errorOf<Stripe.errors.StripeError>(stripe.customers.update('cus_none', { name: 'Acme' }, key));

    expect(error.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  });

  it('saves a 500, too', async () => {
    const layer = new IdempotencyLayer(Date.now);
    const post = { key: 'k', requestId: 'req_1', fingerprint: '/v1/customers {}' };
    await layer.once(post, async () => ({ status: 500, body: 'first' }));

    const replayed = await layer.once({ ...post, requestId: 'req_2' }, async () => ({ status: 200, body: 'second' }));

    expect(replayed).toMatchObject({ status: 500, body: 'first', headers: { 'original-request': 'req_1' } });
  });

  it('does not save a failed validation, so that the key can be used again', async () => {
    const { stripe } = await simulatedStripe();
    await errorOf(stripe.customers.create({ email: 'wrong' }, key));

    const customer = await stripe.customers.create({ email: 'right@acme.example' }, key);

    expect(customer.email).toBe('right@acme.example');
  });

  it('does not see a throttled call, which never reached it', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'throttle', times: 1 });
    await errorOf(stripe.customers.create({ name: 'Acme' }, key));

    const customer = await stripe.customers.create({ name: 'Acme' }, key);

    expect(customer.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
  });

  it('forgets a key after 24 hours', async () => {
    const clock = fakeClock();
    const { stripe } = await simulatedStripe({ now: clock.now });
    const first = await stripe.customers.create({ name: 'Acme' }, key);

    clock.advance(24 * 3600 - 1);
    const replayed = await stripe.customers.create({ name: 'Acme' }, key);
    clock.advance(1);
    const second = await stripe.customers.create({ name: 'Acme' }, key);

    expect(replayed.id).toBe(first.id);
    expect(second.id).not.toBe(first.id);
  });

  it('refuses a key of more than 255 characters', async () => {
    const { stripe } = await simulatedStripe();

    const error = await errorOf(stripe.customers.create({ name: 'Acme' }, { idempotencyKey: 'k'.repeat(256) }));

    expect(error).toMatchObject({ statusCode: 400 });
  });
});
