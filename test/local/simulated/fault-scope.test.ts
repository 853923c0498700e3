import { describe, expect, it } from 'vitest';
import { simulatedSalesforce } from './salesforce/client.ts';
import { simulatedStripe } from './stripe/client.ts';
import { call, errorOf, postFault } from './support.ts';

const KEY = 'Stripe_Customer_Id__c';
const NOBODY = '001M000000qfPySIAU';

/** Whether each call was hit, in order, by its path and method. */
async function hitsOf(url: string) {
  const { body } = await call(url, '/_calls');
  return (body as { fault: string | null }[]).map(({ fault }) => fault !== null);
}

const data = (path: string, method = 'GET') => ({ method, path: `/services/data/v66.0${path}` });

describe('operation', () => {
  const stripeCalls = [
    ['create', { method: 'POST', path: '/v1/customers' }],
    ['read', { method: 'GET', path: '/v1/customers/cus_1' }],
    ['update', { method: 'POST', path: '/v1/customers/cus_1' }],
    ['list', { method: 'GET', path: '/v1/customers?limit=1' }],
    ['events', { method: 'GET', path: '/v1/events' }],
    ['events', { method: 'GET', path: '/v1/events/evt_1' }],
    ['delete', { method: 'DELETE', path: '/v1/customers/cus_1' }],
    ['balance', { method: 'GET', path: '/v1/balance' }],
  ] as const;
  const salesforceCalls = [
    ['token', { method: 'POST', path: '/services/oauth2/token' }],
    ['create', data('/sobjects/Account', 'POST')],
    ['read', data(`/sobjects/Account/${NOBODY}`)],
    ['read', data(`/sobjects/Account/${KEY}/cus_1`)],
    ['read', data(`/composite/sobjects/Account?ids=${NOBODY}&fields=Name`)],
    ['update', data(`/sobjects/Account/${NOBODY}`, 'PATCH')],
    ['upsert', data(`/sobjects/Account/${KEY}/cus_1`, 'PATCH')],
    ['query', data('/query?q=SELECT+Id+FROM+Account')],
    ['delete', data(`/sobjects/Account/${NOBODY}`, 'DELETE')],
    ['limits', data('/limits')],
    ['collections', data('/composite/sobjects', 'POST')],
    ['collections', data(`/composite/sobjects/Account/${KEY}`, 'PATCH')],
    [undefined, { method: 'GET', path: '/services/data' }],
  ] as const;

  it.each([
    ['Stripe', simulatedStripe, stripeCalls],
    ['Salesforce', simulatedSalesforce, salesforceCalls],
  ] as const)('hits one kind of call to %s', async (_, start, calls) => {
    for (const wanted of new Set(calls.map(([operation]) => operation))) {
      if (wanted === undefined) continue;
      const { system } = await start();
      const earlier = (await hitsOf(system.url)).length;
      await postFault(system.url, { fault: 'down', operation: wanted });

      for (const [, { method, path }] of calls) await call(system.url, path, { method });

      const hits = (await hitsOf(system.url)).slice(earlier);
      expect(hits, wanted).toEqual(calls.map(([operation]) => operation === wanted));
    }
  });

  it('revoked, of tokens only: the one in hand lives on', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    await postFault(system.url, { fault: 'revoked', operation: 'token' });

    const answer = await call(system.url, '/services/oauth2/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'consumer-key',
        client_secret: 'consumer-secret',
      }),
    });

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await salesforce.query('SELECT COUNT() FROM Account')).totalSize).toBe(0);
  });
});

describe('record', () => {
  it('poisons every call to Stripe that names it, and no other', async () => {
    const { system, stripe } = await simulatedStripe();
    const [bad, good] = [
      await stripe.customers.create({ name: 'Bad' }),
      await stripe.customers.create({ name: 'Good' }),
    ];
    await postFault(system.url, { fault: 'down', record: bad.id });

    const read = await errorOf(stripe.customers.retrieve(bad.id));
    const updated = await errorOf(stripe.customers.update(bad.id, { name: 'Worse' }));
    const linked = await errorOf(stripe.customers.create({ metadata: { twin: bad.id } }));
    await stripe.customers.update(good.id, { name: 'Better', metadata: { account: NOBODY } });

    expect([read, updated, linked]).toMatchObject(Array(3).fill({ statusCode: 503 }));
    expect((await stripe.customers.list()).data.map(({ name }) => name)).toEqual(['Better', 'Bad']);
  });

  it('poisons every call to Salesforce that names the external id, and no other', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    const accounts = salesforce.sobject('Account');
    const { id } = await accounts.create({ Name: 'Acme' });
    await postFault(system.url, { fault: 'down', record: 'cus/bad' });

    const created = await errorOf(accounts.create({ Name: 'Bad', [KEY]: 'cus/bad' }));
    const updated = await errorOf(accounts.update({ Id: id!, [KEY]: 'cus/bad' }));
    const read = await call(system.url, `/services/data/v66.0/sobjects/Account/${KEY}/cus%2Fbad`);
    await accounts.upsert({ [KEY]: 'cus_good', Name: 'Good' }, KEY);

    expect([created, updated, read.body[0]]).toMatchObject(Array(3).fill({ errorCode: 'SERVER_UNAVAILABLE' }));
    expect((await accounts.find({}, ['Name'])).map(({ Name }) => Name)).toEqual(['Acme', 'Good']);
  });

  it('knows a Salesforce record by either form of its id', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    const { id } = await salesforce.sobject('Account').create({ Name: 'Acme' });
    await postFault(system.url, { fault: 'row-lock', record: id });

    const error = await errorOf(salesforce.sobject('Account').destroy(id!.slice(0, 15)));

    expect(error).toMatchObject({ errorCode: 'UNABLE_TO_LOCK_ROW' });
  });
});
