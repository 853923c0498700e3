import { describe, expect, it } from 'vitest';
import { call, errorOf } from '../support.ts';
import { simulatedSalesforce } from './client.ts';

const KEY = 'Stripe_Customer_Id__c';

const raw = async () => {
  const { system, accessToken, salesforce } = await simulatedSalesforce();
  const upsert = (value: string, body: unknown, query = '') =>
    call(system.url, `/services/data/v66.0/sobjects/Account/${KEY}/${value}${query}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { upsert, salesforce };
};

describe('upsert by external id', () => {
  it('creates, then updates, as the official client sees it', async () => {
    const { salesforce } = await simulatedSalesforce();
    const accounts = salesforce.sobject('Account');

    const created = await accounts.upsert({ [KEY]: 'cus_1', Name: 'Acme' }, KEY);
    const updated = await accounts.upsert({ [KEY]: 'cus_1', Name: 'Acme GmbH' }, KEY);

    expect(created).toMatchObject({ success: true, created: true, errors: [] });
    expect(updated).toMatchObject({ id: created.id, success: true, created: false });
    expect(await accounts.retrieve(created.id!)).toMatchObject({ Name: 'Acme GmbH', [KEY]: 'cus_1' });
  });

  it('answers 201, then 200', async () => {
    const { upsert } = await raw();

    const [first, second] = [await upsert('cus_1', { Name: 'Acme' }), await upsert('cus_1', {})];

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(Object.keys(second.body)).toEqual(['id', 'success', 'errors', 'created']);
  });

  it('creates nothing with updateOnly', async () => {
    const { upsert, salesforce } = await raw();

    const answer = await upsert('cus_1', { Name: 'Acme' }, '?updateOnly=true');

    expect(answer).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] });
    expect((await salesforce.query('SELECT COUNT() FROM Account')).totalSize).toBe(0);
  });

  it('refuses the key in the body', async () => {
    const { upsert } = await raw();

    const answer = await upsert('cus_1', { Name: 'Acme', [KEY]: 'cus_1' });

    expect(answer).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD', message: `The ${KEY} field should not be specified in the sobject data.` }],
    });
  });

  it('decodes the value, and compares it with case', async () => {
    const { upsert, salesforce } = await raw();

    const slash = await upsert('a%2Fb%20c', { Name: 'Slash' });
    const upper = await upsert('A%2FB%20C', { Name: 'Upper' });

    expect([slash.status, upper.status]).toEqual([201, 201]);
    expect((await salesforce.query(`SELECT Name FROM Account WHERE ${KEY} = 'a/b c'`)).records).toMatchObject([
      { Name: 'Slash' },
    ]);
  });

  it('gives the record by its external id', async () => {
    const { salesforce } = await simulatedSalesforce();
    await salesforce.sobject('Account').create({ Name: 'Acme', [KEY]: 'cus_1' });

    const account = await salesforce.request(`/services/data/v66.0/sobjects/Account/${KEY}/cus_1`);

    expect(account).toMatchObject({ Name: 'Acme' });
  });

  it('creates anew after the record was deleted', async () => {
    const { upsert, salesforce } = await raw();
    const first = await upsert('cus_1', { Name: 'Acme' });
    await salesforce.sobject('Account').destroy(first.body.id);

    const second = await upsert('cus_1', { Name: 'Acme' });

    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
    expect(await errorOf(salesforce.sobject('Account').destroy(first.body.id))).toMatchObject({
      errorCode: 'ENTITY_IS_DELETED',
    });
  });
});
