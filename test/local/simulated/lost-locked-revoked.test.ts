import { OAuth2 } from 'jsforce';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { CLIENT, simulatedSalesforce } from './salesforce/client.ts';
import { simulatedStripe } from './stripe/client.ts';
import { call, errorOf, postFault, waitFor, webhookReceiver } from './support.ts';

const clearFaults = (url: string) => call(url, '/_faults', { method: 'DELETE' });

describe('lost-response', () => {
  it('does what it was asked, announces it, and cuts the connection', async () => {
    const { system, accessToken, salesforce } = await simulatedSalesforce();
    const receiver = await webhookReceiver();
    system.setWebhook({ url: receiver.url, secret: 's' });
    await postFault(system.url, { fault: 'lost-response', times: 1 });

    const error = await errorOf<Error & { cause: { code: string } }>(
      fetch(`${system.url}/services/data/v66.0/sobjects/Account/Stripe_Customer_Id__c/cus_1`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${accessToken}` },
        body: '{"Name":"Acme"}',
      }),
    );

    expect(error.cause.code).toBe('ECONNRESET');
    expect((await salesforce.query('SELECT COUNT() FROM Account')).totalSize).toBe(1);
    await waitFor(() => receiver.received.length === 1);
    expect((await call(system.url, '/_calls')).body[1]).toMatchObject({ status: null, fault: 'lost-response' });
  });

  it('saves the answer under its idempotency key, so that the Stripe client that asks again is replayed', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'lost-response', times: 1 });

    // stripe-node 23.1.0 calls once more after a reset, under the same key.
    const customer = await stripe.customers.create({ name: 'Acme' });

    expect(customer.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([customer.id]);
  });

  it('leaves a second customer behind when the caller takes a new key', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'lost-response', times: 2 });
    await errorOf(stripe.customers.create({ name: 'Acme' }, { idempotencyKey: 'one' }));

    await stripe.customers.create({ name: 'Acme' }, { idempotencyKey: 'two' });

    expect((await stripe.customers.list()).data).toHaveLength(2);
  });
});

describe('row-lock', () => {
  it('Stripe answers lock_timeout with the advice to try again, and does nothing', async () => {
    const { system, stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({ name: 'Acme' });
    await postFault(system.url, { fault: 'row-lock' });

    const error = await errorOf<Stripe.errors.StripeError>(stripe.customers.update(id, { name: 'Other' }));

    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error).toMatchObject({
      statusCode: 429,
      code: 'lock_timeout',
      rawType: 'invalid_request_error',
      headers: { 'stripe-should-retry': 'true' },
    });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ name: 'Acme' });
  });

  it('Salesforce answers 400 UNABLE_TO_LOCK_ROW, and does nothing', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    const { id } = await salesforce.sobject('Account').create({ Name: 'Acme' });
    await postFault(system.url, { fault: 'row-lock' });

    const error = await errorOf(salesforce.sobject('Account').update({ Id: id!, Name: 'Other' }));

    expect(error).toMatchObject({ errorCode: 'UNABLE_TO_LOCK_ROW', data: { fields: [] } });
    expect(await salesforce.sobject('Account').retrieve(id!)).toMatchObject({ Name: 'Acme' });
    expect((await call(system.url, '/_calls')).body[2]).toMatchObject({ status: 400, fault: 'row-lock' });
  });
});

describe('no-such-field', () => {
  it('Stripe refuses every write for a parameter that it does not know, and reads go on', async () => {
    const { system, stripe } = await simulatedStripe();
    const { id } = await stripe.customers.create({ name: 'Acme' });
    await postFault(system.url, { fault: 'no-such-field' });

    const error = await errorOf<Stripe.errors.StripeError>(stripe.customers.update(id, { name: 'Other' }));

    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(error).toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'renamed' });
    expect(await stripe.customers.retrieve(id)).toMatchObject({ name: 'Acme' });
  });

  it('Salesforce refuses every write for a column that it does not have, and reads go on', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    const { id } = await salesforce.sobject('Account').create({ Name: 'Acme' });
    await postFault(system.url, { fault: 'no-such-field', operation: 'update' });

    const error = await errorOf(salesforce.sobject('Account').update({ Id: id!, Name: 'Other' }));

    expect(error).toMatchObject({ errorCode: 'INVALID_FIELD', message: expect.stringMatching(/^No such column '/) });
    expect(await salesforce.sobject('Account').retrieve(id!)).toMatchObject({ Name: 'Acme' });
    expect((await call(system.url, '/_calls')).body[2]).toMatchObject({ status: 400, fault: 'no-such-field' });
  });
});

describe('revoked', () => {
  it('Stripe knows no key, and the old one again afterwards', async () => {
    const { system, stripe } = await simulatedStripe();
    await postFault(system.url, { fault: 'revoked' });

    const errors = [await errorOf(stripe.balance.retrieve()), await errorOf(stripe.customers.create({ name: 'Acme' }))];
    await clearFaults(system.url);

    for (const error of errors) {
      expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
      expect(error).toMatchObject({ statusCode: 401, message: expect.stringMatching(/^Invalid API Key provided/) });
    }
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it('Salesforce knows no token and gives none, and does both again afterwards', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    const newToken = () =>
      new OAuth2({ loginUrl: system.url, ...CLIENT }).requestToken({ grant_type: 'client_credentials' });
    const read = () => salesforce.request(`/services/data/v66.0/limits`);
    await postFault(system.url, { fault: 'revoked' });

    const [onData, onToken] = [await errorOf(read()), await errorOf(newToken())];
    await clearFaults(system.url);

    expect(onData).toMatchObject({ errorCode: 'INVALID_SESSION_ID' });
    expect(onToken).toMatchObject({ name: 'invalid_grant', message: "user hasn't approved this consumer" });
    expect((await call(system.url, '/_calls')).body.slice(1)).toMatchObject([
      { status: 401, fault: 'revoked' },
      { status: 400, fault: 'revoked' },
    ]);
    expect(await read()).toHaveProperty('DailyApiRequests');
    expect(await newToken()).toHaveProperty('access_token');
  });

  it('still tells wrong credentials from revoked ones', async () => {
    const { system } = await simulatedSalesforce();
    await postFault(system.url, { fault: 'revoked' });
    const oauth2 = new OAuth2({ loginUrl: system.url, ...CLIENT, clientSecret: 'wrong' });

    const error = await errorOf(oauth2.requestToken({ grant_type: 'client_credentials' }));

    expect(error.name).toBe('invalid_client');
  });
});
