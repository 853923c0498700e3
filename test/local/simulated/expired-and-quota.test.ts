import { OAuth2 } from 'jsforce';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { CLIENT, simulatedSalesforce } from './salesforce/client.ts';
import { simulatedStripe } from './stripe/client.ts';
import { call, errorOf, postFault } from './support.ts';

const clearFaults = (url: string) => call(url, '/_faults', { method: 'DELETE' });

describe('expired', () => {
  it('Salesforce: the token of the next call has ended for good, and a new one works', async () => {
    const { system, salesforce, connect } = await simulatedSalesforce();
    const newToken = () =>
      new OAuth2({ loginUrl: system.url, ...CLIENT }).requestToken({ grant_type: 'client_credentials' });
    const count = (connection = salesforce) => connection.query('SELECT COUNT() FROM Account');
    await postFault(system.url, { fault: 'expired', times: 1 });

    // The token endpoint is no call that a token could end with.
    const renewed = connect();
    renewed.accessToken = (await newToken()).access_token;
    const errors = [await errorOf(count()), await errorOf(count())];

    expect(errors).toMatchObject(Array(2).fill({ errorCode: 'INVALID_SESSION_ID' }));
    expect((await count(renewed)).totalSize).toBe(0);
    expect((await call(system.url, '/_calls')).body.slice(2)).toMatchObject([
      { status: 401, fault: 'expired' },
      { status: 401, fault: null },
      { status: 200, fault: null },
    ]);
  });

  it('Stripe: the key is told to have expired, as long as the fault lasts', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'expired', times: 1 });

    const error = await errorOf<Stripe.errors.StripeError>(stripe.balance.retrieve());

    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(error).toMatchObject({ statusCode: 401, code: 'api_key_expired' });
    expect((await stripe.customers.list()).data).toEqual([]);
  });
});

describe('quota', () => {
  it("Salesforce: the day's calls are used up, but tokens are still given", async () => {
    const { system, salesforce } = await simulatedSalesforce();
    const newToken = () =>
      new OAuth2({ loginUrl: system.url, ...CLIENT }).requestToken({ grant_type: 'client_credentials' });
    await postFault(system.url, { fault: 'quota' });

    const error = await errorOf(salesforce.sobject('Account').create({ Name: 'Acme' }));
    const limits = await errorOf(salesforce.request('/services/data/v66.0/limits'));
    const token = await newToken();
    await clearFaults(system.url);

    expect([error, limits]).toMatchObject(Array(2).fill({ errorCode: 'REQUEST_LIMIT_EXCEEDED' }));
    expect((await call(system.url, '/_calls')).body[1]).toMatchObject({ status: 403, fault: 'quota' });
    expect(token).toHaveProperty('access_token');
    expect((await salesforce.query('SELECT COUNT() FROM Account')).totalSize).toBe(0);
  });

  it('Stripe, which has no quota of a day: a rate limit error', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'quota', times: 1 });

    const error = await errorOf(stripe.customers.create({ name: 'Acme' }));

    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect((await stripe.customers.list()).data).toEqual([]);
  });
});

it.each(['expired', 'quota'])('%s takes no record: it is about the caller', async (fault) => {
  const { system } = await simulatedStripe();

  const answer = await postFault(system.url, { fault, record: 'cus_1' });

  expect(answer).toMatchObject({ status: 400, body: { field: 'record' } });
});
