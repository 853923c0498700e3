import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { simulatedSalesforce } from './salesforce/client.ts';
import { simulatedStripe } from './stripe/client.ts';
import { call, errorOf, fakeClock, postFault, seededRandom, waitFor } from './support.ts';

// Without any retries allowed, stripe-node 23.1.0 all the same calls once more after a reset: it might have been a stale
// keep-alive connection.
const CUTS_UNTIL_ERROR = 2;

describe('faults over HTTP', () => {
  it('down: the Stripe client sees an API error with status 503, and nothing is done', async () => {
    const { system, stripe } = await simulatedStripe();
    const posted = await postFault(system.url, { fault: 'down' });

    const error = await errorOf<Stripe.errors.StripeAPIError>(stripe.customers.create({ name: 'Acme' }));
    await call(system.url, '/_faults', { method: 'DELETE' });

    expect(posted).toMatchObject({ status: 201, body: [{ fault: 'down' }] });
    expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(error.statusCode).toBe(503);
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it('down: the Salesforce client sees SERVER_UNAVAILABLE', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    await postFault(system.url, { fault: 'down' });

    const error = await errorOf<{ errorCode: string }>(salesforce.sobject('Account').create({ Name: 'Acme' }));

    expect(error.errorCode).toBe('SERVER_UNAVAILABLE');
  });

  it('throttle: the Stripe client sees a rate limit error with Retry-After', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'throttle', retryAfter: 7, times: 1 });

    const error = await errorOf<Stripe.errors.StripeRateLimitError>(stripe.customers.create({ name: 'Acme' }));

    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error).toMatchObject({ code: 'rate_limit', statusCode: 429, headers: { 'retry-after': '7' } });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it('throttle: Salesforce answers 429, and sends no Retry-After unless told', async () => {
    const { system } = await simulatedSalesforce();
    await postFault(system.url, { fault: 'throttle' });

    const answer = await call(system.url, '/services/data');

    expect(answer).toMatchObject({ status: 429, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] });
    expect(answer.headers.has('retry-after')).toBe(false);
  });

  it('slow: the answer comes late, and the operation is done', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'slow', ms: 120, times: 1 });
    const startMs = performance.now();

    const customer = await stripe.customers.create({ name: 'Acme' });

    expect(performance.now() - startMs).toBeGreaterThanOrEqual(115);
    expect((await stripe.customers.retrieve(customer.id)).id).toBe(customer.id);
  });

  it('slow: a call that the client gave up lands all the same', async () => {
    const { system, accessToken, salesforce } = await simulatedSalesforce();
    await postFault(system.url, { fault: 'slow', ms: 400, times: 1 });

    const error = await errorOf(
      fetch(`${system.url}/services/data/v66.0/sobjects/Account`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}` },
        body: '{"Name":"Late"}',
        signal: AbortSignal.timeout(20),
      }),
    );
    const atOnce = await salesforce.query('SELECT COUNT() FROM Account');

    expect(error.name).toBe('TimeoutError');
    expect(atOnce.totalSize).toBe(0);
    await waitFor(async () => (await salesforce.query('SELECT COUNT() FROM Account')).totalSize === 1);
    expect((await call(system.url, '/_calls')).body[1]).toMatchObject({ status: null, fault: 'slow' });
  });

  it('reset: the connection is cut, and nothing is done', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'reset', times: CUTS_UNTIL_ERROR });

    const error = await errorOf<Error & { detail: { code: string } }>(stripe.customers.create({ name: 'Acme' }));

    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(error.detail.code).toBe('ECONNRESET');
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it('seconds: it ends by the clock', async () => {
    const clock = fakeClock();
    const { system, stripe } = await simulatedStripe({ now: clock.now });
    await postFault(system.url, { fault: 'down', seconds: 300 });

    await errorOf(stripe.balance.retrieve());
    clock.advance(300);

    expect((await stripe.balance.retrieve()).object).toBe('balance');
  });

  it('share: a part of the calls fails, the same part for the same seed', async () => {
    const statusesOf = async () => {
      const { system, stripe } = await simulatedStripe({ random: seededRandom(42) });
      await postFault(system.url, { fault: 'down', share: 0.4 });
      for (let i = 0; i < 20; i += 1) await stripe.balance.retrieve().catch(() => {});
      return (await call(system.url, '/_calls')).body.map(({ status }: { status: number }) => status);
    };

    const [first, second] = [await statusesOf(), await statusesOf()];

    expect(first).toEqual(second);
    expect(new Set(first)).toEqual(new Set([200, 503]));
  });

  it('recovers with the same keep-alive connection', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    await postFault(system.url, { fault: 'throttle', times: 1 });

    await errorOf(salesforce.sobject('Account').create({ Name: 'Acme' }));
    const created = await salesforce.sobject('Account').create({ Name: 'Acme' });

    expect(created.success).toBe(true);
  });
});

describe('POST /_faults', () => {
  it.each([
    [{ fault: 'slwo' }, 'fault'],
    [{ fault: 'slow' }, 'ms'],
    [{ fault: 'slow', ms: -1 }, 'ms'],
    [{ fault: 'down', seconds: 0 }, 'seconds'],
    [{ fault: 'down', seconds: '30' }, 'seconds'],
    [{ fault: 'down', times: 1.5 }, 'times'],
    [{ fault: 'down', share: 2 }, 'share'],
    [{ fault: 'down', ms: 5 }, 'ms'],
    [{ fault: 'throttle', retryAfter: -1 }, 'retryAfter'],
    [{ fault: 'down', operation: 'upsert' }, 'operation'],
    [{ fault: 'row-lock', operation: 'read' }, 'operation'],
    [{ fault: 'down', record: '' }, 'record'],
    [{ fault: 'revoked', record: 'cus_1' }, 'record'],
    [{ fault: 'lost-response', ms: 5 }, 'ms'],
    [{}, 'fault'],
    ['down', 'body'],
    [null, 'body'],
  ])('refuses %j, naming the field and the remedy', async (fault, field) => {
    const { system } = await simulatedStripe();

    const answer = await postFault(system.url, fault);

    expect(answer).toMatchObject({ status: 400, body: { field, remedy: expect.stringMatching(/^(send|leave|add)/) } });
    expect(answer.body.error).toContain(`"${field}"`);
    expect((await call(system.url, '/_faults')).body).toEqual([]);
  });

  it('tells the operations of the system', async () => {
    const [stripe, salesforce] = [await simulatedStripe(), await simulatedSalesforce()];

    const answers = await Promise.all(
      [stripe, salesforce].map(({ system }) => postFault(system.url, { fault: 'down', operation: 'patch' })),
    );

    expect(answers.map(({ body }) => body.remedy)).toEqual([
      'send one of "create", "read", "update", "list", "events", "delete", "balance", or leave it out to hit every call',
      'send one of "token", "create", "read", "update", "upsert", "query", "delete", "limits", "collections", ' +
        'or leave it out to hit every call',
    ]);
  });

  it('refuses what is not JSON', async () => {
    const { system } = await simulatedStripe();

    const answer = await call(system.url, '/_faults', { method: 'POST', body: 'down' });

    expect(answer).toMatchObject({ status: 400, body: { field: 'body' } });
  });

  it('knows no other method', async () => {
    const { system } = await simulatedStripe();

    const answer = await call(system.url, '/_faults', { method: 'PUT' });

    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST, DELETE');
  });
});

describe('GET /_calls', () => {
  it('lists every call in order, with its status and fault, and leaves out /_faults and /_calls', async () => {
    const clock = fakeClock();
    const { system, stripe } = await simulatedStripe({ now: clock.now });
    await stripe.customers.list({ email: 'private@acme.example' });
    await postFault(system.url, { fault: 'reset', times: CUTS_UNTIL_ERROR });
    clock.advance(1.25);
    await errorOf(stripe.customers.create({ name: 'Acme' }));
    clock.advance(1);
    await call(system.url, '/_calls');
    await postFault(system.url, { fault: 'throttle', times: 1 });
    await errorOf(stripe.customers.del('cus_1'));

    const { body } = await call(system.url, '/_calls');

    const cut = {
      time: '2026-11-20T07:22:20.250Z',
      method: 'POST',
      path: '/v1/customers',
      status: null,
      fault: 'reset',
    };
    expect(body).toEqual([
      { time: '2026-11-20T07:22:19.000Z', method: 'GET', path: '/v1/customers', status: 200, fault: null },
      ...Array.from({ length: CUTS_UNTIL_ERROR }, () => cut),
      {
        time: '2026-11-20T07:22:21.250Z',
        method: 'DELETE',
        path: '/v1/customers/cus_1',
        status: 429,
        fault: 'throttle',
      },
    ]);
  });

  it('can be read while the system is down', async () => {
    const { system } = await simulatedStripe();
    await postFault(system.url, { fault: 'down' });

    const answer = await call(system.url, '/_calls');

    expect(answer).toMatchObject({ status: 200, body: [] });
  });
});
