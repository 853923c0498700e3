import { describe, expect, it } from 'vitest';
import { call, errorOf, fakeClock } from '../support.ts';
import { simulatedSalesforce } from './client.ts';

interface ApiError extends Error {
  errorCode: string;
  data: { fields?: string[] };
}

describe('records, by the official client', () => {
  it('creates, shows, changes and deletes', async () => {
    const clock = fakeClock();
    const { salesforce } = await simulatedSalesforce({ now: clock.now });
    const accounts = salesforce.sobject('Account');

    const created = await accounts.create({ Name: 'Acme', BillingCity: 'Ulm', Phone: '' });
    clock.advance(2.5);
    const updated = await accounts.update({ Id: created.id!, BillingCity: 'Köln' });
    const account = await accounts.retrieve(created.id!);
    const deleted = await accounts.destroy(created.id!);

    expect(created).toMatchObject({ id: expect.stringMatching(/^001[0-9A-Za-z]{15}$/), success: true, errors: [] });
    expect(updated.success).toBe(true);
    expect(account).toMatchObject({
      attributes: { type: 'Account', url: `/services/data/v66.0/sobjects/Account/${created.id}` },
      Id: created.id,
      Name: 'Acme',
      BillingCity: 'Köln',
      Phone: null,
      IsDeleted: false,
      CreatedDate: '2026-11-20T07:22:19.000+0000',
      SystemModstamp: '2026-11-20T07:22:21.000+0000',
    });
    expect(deleted.success).toBe(true);
    expect(await errorOf(accounts.retrieve(created.id!))).toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  it('takes an id of 15 characters, and answers 18', async () => {
    const { salesforce } = await simulatedSalesforce();
    const { id } = await salesforce.sobject('Account').create({ Name: 'Acme' });

    const account = await salesforce.sobject('Account').retrieve(id!.slice(0, 15));

    expect(account.Id).toBe(id);
  });

  it('shows only the fields that are asked for, and the Id', async () => {
    const { system, accessToken, salesforce } = await simulatedSalesforce();
    const { id } = await salesforce.sobject('Account').create({ Name: 'Acme' });

    const { body } = await call(system.url, `/services/data/v66.0/sobjects/Account/${id}?fields=Name,phone`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });

    expect(Object.keys(body)).toEqual(['attributes', 'Name', 'Phone', 'Id']);
  });

  it.each([
    ['REQUIRED_FIELD_MISSING', {}, ['Name']],
    ['REQUIRED_FIELD_MISSING', { Name: '' }, ['Name']],
    ['STRING_TOO_LONG', { Name: 'x'.repeat(256) }, ['Name']],
    ['STRING_TOO_LONG', { Name: 'Acme', Phone: '1'.repeat(41) }, ['Phone']],
    ['INVALID_EMAIL_ADDRESS', { Name: 'Acme', Billing_Email__c: 'nobody' }, ['Billing_Email__c']],
    ['INVALID_FIELD', { Name: 'Acme', AccountNumer: '1' }, undefined],
    ['INVALID_FIELD_FOR_INSERT_UPDATE', { Name: 'Acme', CreatedDate: '2026-01-01' }, ['CreatedDate']],
    ['JSON_PARSER_ERROR', { Name: 5 }, undefined],
  ])('refuses with %s: %j', async (errorCode, record, fields) => {
    const { salesforce } = await simulatedSalesforce();

    const error = await errorOf<ApiError>(salesforce.sobject('Account').create(record));

    expect(error.errorCode).toBe(errorCode);
    expect(error.data.fields).toEqual(fields);
    expect((await salesforce.query('SELECT COUNT() FROM Account')).totalSize).toBe(0);
  });

  it('names the unknown field as Salesforce does', async () => {
    const { salesforce } = await simulatedSalesforce();

    const error = await errorOf(salesforce.sobject('Account').create({ Name: 'Acme', AccountNumer: '1' }));

    expect(error.message).toBe("No such column 'AccountNumer' on sobject of type Account");
  });

  it('keeps the external id unique, with case, among living records', async () => {
    const { salesforce } = await simulatedSalesforce();
    const accounts = salesforce.sobject('Account');
    const first = await accounts.create({ Name: 'One', Stripe_Customer_Id__c: 'cus_A' });
    const other = await accounts.create({ Name: 'Two', Stripe_Customer_Id__c: 'cus_a' });

    const onCreate = await errorOf(accounts.create({ Name: 'Three', Stripe_Customer_Id__c: 'cus_A' }));
    const onUpdate = await errorOf(accounts.update({ Id: other.id!, Stripe_Customer_Id__c: 'cus_A' }));
    await accounts.destroy(first.id!);
    const afterDelete = await accounts.update({ Id: other.id!, Stripe_Customer_Id__c: 'cus_A' });

    expect(onCreate).toMatchObject({ errorCode: 'DUPLICATE_VALUE' });
    expect(onCreate.message).toContain(first.id!.slice(0, 15));
    expect(onUpdate).toMatchObject({ errorCode: 'DUPLICATE_VALUE' });
    expect(afterDelete.success).toBe(true);
  });

  it.each([
    ['MALFORMED_ID', 400, '/sobjects/Account/001'],
    ['MALFORMED_ID', 400, '/sobjects/Account/001M000000qfPySXXX'],
    ['NOT_FOUND', 404, '/sobjects/Account/001M000000qfPySIAU'],
    ['NOT_FOUND', 404, '/sobjects/Lead/001M000000qfPySIAU'],
    ['NOT_FOUND', 404, '/sobjects/Account/Name/Acme'],
    ['NOT_FOUND', 404, '/sobjects/Account/Stripe_Customer_Id__c/cus_1'],
    ['NOT_FOUND', 404, '/composite'],
    ['METHOD_NOT_ALLOWED', 405, '/sobjects/Account'],
  ])('answers %s, %d to GET %s', async (errorCode, status, path) => {
    const { system, accessToken } = await simulatedSalesforce();

    const answer = await call(system.url, `/services/data/v66.0${path}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });

    expect(answer).toMatchObject({ status, body: [{ errorCode, message: expect.any(String) }] });
  });

  it('refuses a body that is no JSON object, and an Id in it', async () => {
    const { system, accessToken, salesforce } = await simulatedSalesforce();
    const { id } = await salesforce.sobject('Account').create({ Name: 'Acme' });
    const patch = (body: string) =>
      call(system.url, `/services/data/v66.0/sobjects/Account/${id}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${accessToken}` },
        body,
      });

    const answers = [await patch('{'), await patch('[]'), await patch(`{"Id":"${id}"}`)];

    expect(answers.map(({ body }) => body[0].errorCode)).toEqual([
      'JSON_PARSER_ERROR',
      'JSON_PARSER_ERROR',
      'INVALID_FIELD',
    ]);
  });

  it('links a contact to an account that exists', async () => {
    const { salesforce } = await simulatedSalesforce();
    const account = await salesforce.sobject('Account').create({ Name: 'Acme' });
    const contacts = salesforce.sobject('Contact');

    const linked = await contacts.create({ LastName: 'Noether', AccountId: account.id!.slice(0, 15) });
    const error = await errorOf(contacts.create({ LastName: 'Gauß', AccountId: '001M000000qfPySIAU' }));

    expect((await contacts.retrieve(linked.id!)).AccountId).toBe(account.id);
    expect(linked.id).toMatch(/^003/);
    expect(error).toMatchObject({ errorCode: 'INVALID_CROSS_REFERENCE_KEY' });
  });
});

describe('limits', () => {
  it('counts each authenticated call once, and says so on every answer', async () => {
    const { salesforce } = await simulatedSalesforce();
    await salesforce.sobject('Account').create({ Name: 'Acme' });
    await errorOf(salesforce.sobject('Account').create({}));

    const limits = await salesforce.request<{ DailyApiRequests: { Max: number; Remaining: number } }>(
      '/services/data/v66.0/limits',
    );

    expect(limits.DailyApiRequests).toEqual({ Max: 100_000, Remaining: 99_997 });
    expect(salesforce.limitInfo.apiUsage).toEqual({ used: 3, limit: 100_000 });
  });
});
