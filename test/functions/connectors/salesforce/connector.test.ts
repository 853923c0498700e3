import { describe, expect, it } from 'vitest';
import { stubServer } from '../support/stub-server.ts';
import {
  aCall,
  account,
  anAccountWrite,
  HeldCredentials,
  salesforceAt,
  salesforceToken,
  simulatedSalesforce,
} from '../support/systems.ts';

const ada = {
  Name: 'Ada Lovelace',
  Billing_Email__c: 'ada@example.com',
  Phone: '+442079460000',
  BillingStreet: '12 St James Square\nFloor 2',
};

/** Upserts an account through the connector, and answers its id. */
async function upserted(connector: ReturnType<typeof salesforceAt>, fields = ada): Promise<string> {
  const outcome = await connector.write(anAccountWrite({ fields }), aCall());
  if (outcome.kind !== 'success' || 'gone' in outcome.value) throw new Error(outcome.kind);
  return outcome.value.id;
}

describe('Salesforce: read', () => {
  it('answers the fields that the mapping knows', async () => {
    const { connector } = await simulatedSalesforce();
    const id = await upserted(connector);

    const found = await connector.read(account, id, aCall());

    expect(found).toEqual({
      kind: 'success',
      value: {
        id,
        fields: {
          ...ada,
          Stripe_Customer_Id__c: 'cus_1',
          Website: null,
          Description: null,
          BillingCity: null,
          BillingState: null,
          BillingPostalCode: null,
          BillingCountry: null,
        },
      },
    });
  });

  it('answers nothing for an account that was deleted, and a failure for one that never was', async () => {
    const { connector, look } = await simulatedSalesforce();
    const id = await upserted(connector);
    await look(`/sobjects/Account/${id}`, { method: 'DELETE' });

    const deleted = await connector.read(account, id, aCall());
    const unknown = await connector.read(account, '001000000000001AAA', aCall());

    expect(deleted).toEqual({ kind: 'success', value: undefined });
    expect(unknown).toMatchObject({ kind: 'permanent', code: 'NOT_FOUND', operation: 'salesforce.read', status: 404 });
  });
});

describe('Salesforce: write', () => {
  it('upserts by the external id: created first, the same record afterwards', async () => {
    const { connector, look } = await simulatedSalesforce();

    const first = await connector.write(anAccountWrite({ fields: ada }), aCall());
    const second = await connector.write(anAccountWrite({ fields: { Name: 'Ada King' } }), aCall());

    const { records } = await look('/query?q=SELECT+Id,Name,Phone,Stripe_Customer_Id__c+FROM+Account');
    expect(records).toMatchObject([{ Name: 'Ada King', Phone: ada.Phone, Stripe_Customer_Id__c: 'cus_1' }]);
    expect(first).toEqual({ kind: 'success', value: { id: records[0]?.Id, created: true } });
    expect(second).toEqual({ kind: 'success', value: { id: records[0]?.Id, created: false } });
  });

  it('upserts the same record from many runs at once', async () => {
    const { connector, look } = await simulatedSalesforce();

    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => connector.write(anAccountWrite({ fields: ada }), aCall())),
    );

    const { records } = await look('/query?q=SELECT+Id+FROM+Account');
    expect(records).toHaveLength(1);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(8).fill('success'));
    expect(outcomes.filter((outcome) => JSON.stringify(outcome).includes('"created":true'))).toHaveLength(1);
  });

  it('updates by id where the pair is linked, and sets the link with it', async () => {
    const { connector, look } = await simulatedSalesforce();
    const { id } = await look('/sobjects/Account', { method: 'POST', body: '{"Name":"Ada","Phone":"1"}' });

    const outcome = await connector.write(anAccountWrite({ id: String(id), fields: { Phone: null } }), aCall());

    expect(outcome).toEqual({ kind: 'success', value: { id, created: false } });
    expect(await look(`/sobjects/Account/${id}`)).toMatchObject({
      Name: 'Ada',
      Phone: null,
      Stripe_Customer_Id__c: 'cus_1',
    });
  });

  it('stores a link', async () => {
    const { connector, look } = await simulatedSalesforce();
    const id = await upserted(connector);

    const outcome = await connector.link(account, id, 'Stripe_Customer_Id__c', 'cus_2', aCall());

    expect(outcome).toEqual({ kind: 'success', value: undefined });
    expect(await look(`/sobjects/Account/${id}`)).toMatchObject({ ...ada, Stripe_Customer_Id__c: 'cus_2' });
  });

  it.each([
    ['a missing field', { Phone: '1' }, 'REQUIRED_FIELD_MISSING'],
    ['a value that is too long', { Name: 'x'.repeat(256) }, 'STRING_TOO_LONG'],
    ['a value of another kind', { Name: 'Ada', Billing_Email__c: 'ada at example.com' }, 'INVALID_EMAIL_ADDRESS'],
    ['an unknown field', { Name: 'Ada', Nope__c: '1' }, 'INVALID_FIELD'],
  ])('tells %s by its code alone', async (_what, fields, code) => {
    const { connector, look } = await simulatedSalesforce();

    const outcome = await connector.write(anAccountWrite({ fields }), aCall());

    expect(outcome).toEqual({ kind: 'permanent', code, operation: 'salesforce.upsert', status: 400 });
    expect((await look('/query?q=SELECT+Id+FROM+Account')).records).toEqual([]);
  });

  it('updates the linked record by its external id, one call, and one that has none yet by its id', async () => {
    const { connector, look } = await simulatedSalesforce();
    const { id } = await look('/sobjects/Account', { method: 'POST', body: '{"Name":"Unlinked"}' });

    const first = await connector.write(anAccountWrite({ id: String(id), fields: ada }), aCall());
    const second = await connector.write(anAccountWrite({ id: String(id), fields: { Name: 'Ada II' } }), aCall());

    expect([first, second]).toEqual([
      { kind: 'success', value: { id, created: false } },
      { kind: 'success', value: { id, created: false } },
    ]);
    expect(await look(`/sobjects/Account/${id}`)).toMatchObject({ Name: 'Ada II', Stripe_Customer_Id__c: 'cus_1' });
  });

  it('leaves the record of another alone where a link was copied, and makes one of its own', async () => {
    const { connector, look } = await simulatedSalesforce();
    const held = await upserted(connector);
    const link = { field: 'Stripe_Customer_Id__c', value: 'cus_copy' };

    const copy = await connector.write(anAccountWrite({ id: held, link, fields: { Name: 'Copy' } }), aCall());

    expect(copy).toMatchObject({ kind: 'success', value: { created: true } });
    expect(await look(`/sobjects/Account/${held}`)).not.toMatchObject({ Name: 'Copy' });
  });

  it('takes a record in the recycle bin for gone: an update does not create', async () => {
    const { connector, look } = await simulatedSalesforce();
    const held = await upserted(connector);
    await look(`/sobjects/Account/${held}`, { method: 'DELETE' });

    const gone = await connector.write(anAccountWrite({ id: held, fields: ada }), aCall());

    expect(gone).toEqual({ kind: 'success', value: { gone: true } });
  });

  it('never creates by an update, and takes a duplicate for a race that the next attempt settles', async () => {
    const { connector, look } = await simulatedSalesforce();
    await upserted(connector);
    const { id } = await look('/sobjects/Account', { method: 'POST', body: '{"Name":"Other"}' });

    const link = { field: 'Stripe_Customer_Id__c', value: 'cus_2' };
    const gone = await connector.write(anAccountWrite({ id: '001000000000001AAA', link, fields: ada }), aCall());
    const duplicate = await connector.link(account, String(id), 'Stripe_Customer_Id__c', 'cus_1', aCall());

    expect(gone).toMatchObject({ kind: 'permanent', code: 'NOT_FOUND', operation: 'salesforce.read' });
    expect(duplicate).toMatchObject({ kind: 'transient', code: 'DUPLICATE_VALUE', operation: 'salesforce.link' });
  });
});

describe('Salesforce: on the wire', () => {
  it('sends token, label, correlation id and JSON to the instance that the token names', async () => {
    const server = await stubServer({ status: 201, body: '{"id":"001A","success":true,"created":true}' });
    const connector = salesforceAt(new HeldCredentials(salesforceToken(`${server.url}/`, 'token-1')));
    const link = { field: 'Stripe_Customer_Id__c', value: 'cus_1/é?' };

    await connector.write(anAccountWrite({ fields: { Name: 'Zoë' }, link }), aCall());

    expect(server.requests).toMatchObject([
      {
        method: 'PATCH',
        url: '/services/data/v66.0/sobjects/Account/Stripe_Customer_Id__c/cus_1%2F%C3%A9%3F',
        body: '{"Name":"Zoë"}',
        headers: {
          authorization: 'Bearer token-1',
          'sforce-call-options': 'client=millrace',
          'x-correlation-id': 'corr-1',
          'content-type': 'application/json',
        },
      },
    ]);
  });

  it('labels reads, updates and links, too', async () => {
    const server = await stubServer(
      { status: 200, body: '{"Id":"001A"}' },
      { status: 200, body: '{"id":"001A","success":true}' },
      { status: 204 },
    );
    const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));

    await connector.read(account, '001A', aCall());
    await connector.write(anAccountWrite({ id: '001A' }), aCall());
    await connector.link(account, '001A', 'Stripe_Customer_Id__c', 'cus_1', aCall());

    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'PATCH']);
    expect(server.requests.map(({ headers }) => headers['sforce-call-options'])).toEqual(
      Array(3).fill('client=millrace'),
    );
  });

  it('reads the id where an old version answers an update with 204 and nothing else', async () => {
    const server = await stubServer({ status: 204 }, { status: 200, body: '{"Id":"001A"}' });
    const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));

    const outcome = await connector.write(anAccountWrite({ fields: ada }), aCall());

    expect(outcome).toEqual({ kind: 'success', value: { id: '001A', created: false } });
  });

  it('takes several records with one external id for a permanent failure', async () => {
    const server = await stubServer({ status: 300, body: '["/services/data/v66.0/sobjects/Account/001A"]' });
    const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));

    const outcome = await connector.write(anAccountWrite({ fields: ada }), aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'MULTIPLE_CHOICES', status: 300 });
  });

  // Bug: an answer of 200 that says `success: false` counted as written, and the event was lost.
  // Fix: such an answer is read as the failure that it is.
  it.each(['write', 'update'] as const)('takes no refusal inside an answer of 200 for a success: %s', async (what) => {
    const body =
      '{"id":"001A","success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW","message":"m","fields":[]}]}';
    const server = await stubServer({ status: 200, body });
    const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));

    const outcome = await connector.write(anAccountWrite({ id: what === 'update' ? '001A' : undefined }), aCall());

    expect(outcome).toMatchObject({ kind: 'busy', code: 'UNABLE_TO_LOCK_ROW', status: 200 });
  });

  it('takes an answer that is no record for a transient failure', async () => {
    const server = await stubServer({ status: 200, body: '<html>maintenance</html>' });
    const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));

    const outcome = await connector.read(account, '001A', aCall());

    expect(outcome).toMatchObject({ kind: 'transient', code: 'unexpected-response', operation: 'salesforce.read' });
  });
});
