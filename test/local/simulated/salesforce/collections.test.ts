import { describe, expect, it } from 'vitest';
import { call, errorOf, postFault, waitFor, webhookReceiver } from '../support.ts';
import { simulatedSalesforce } from './client.ts';

const KEY = 'Stripe_Customer_Id__c';
const ok = { id: expect.stringMatching(/^001.{15}$/), success: true, errors: [] };
const failed = (statusCode: string, fields: string[] = []) => ({
  success: false,
  errors: [{ statusCode, message: expect.any(String), fields }],
});

async function simulated() {
  const organization = await simulatedSalesforce();
  const { system, accessToken, salesforce } = organization;
  const send = (method: string, body: unknown, path = '') =>
    call(system.url, `/services/data/v66.0/composite/sobjects${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const names = async () => (await salesforce.query('SELECT Name FROM Account')).records.map(({ Name }) => Name);
  return { ...organization, send, names, accounts: salesforce.sobject('Account') };
}

describe('collections, by the official client', () => {
  it('create, update and upsert several records, each call counted once', async () => {
    const { accounts, names, salesforce } = await simulated();

    const created = await accounts.create([{ Name: 'One' }, { Name: 'Two', [KEY]: 'cus_2' }]);
    const updated = await accounts.update(created.map(({ id }, i) => ({ Id: id!, Name: `Changed ${i}` })));
    const upserted = await accounts.upsert(
      [
        { [KEY]: 'cus_2', Name: 'Upserted' },
        { [KEY]: 'cus_3', Name: 'New' },
      ],
      KEY,
    );

    expect(created).toEqual([ok, ok]);
    expect(updated).toEqual(created);
    expect(upserted).toEqual([
      { ...created[1], created: false },
      { ...ok, created: true },
    ]);
    expect(salesforce.limitInfo.apiUsage?.used).toBe(3);
    expect(await names()).toEqual(['Changed 0', 'Upserted', 'New']);
  });

  it('settle each record alone, in the order of the request', async () => {
    const { accounts, names } = await simulated();

    const created = await accounts.create([
      { Name: 'One', [KEY]: 'cus_1' },
      {},
      { Name: 'Twin', [KEY]: 'cus_1' },
      { Name: 'Odd', Nmae: 'x' },
      { Name: 'Two' },
    ]);

    expect(created).toEqual([
      ok,
      failed('REQUIRED_FIELD_MISSING', ['Name']),
      failed('DUPLICATE_VALUE'),
      failed('INVALID_FIELD'),
      ok,
    ]);
    expect(await names()).toEqual(['One', 'Two']);
  });

  it('answer 200 when every record failed', async () => {
    const { accounts } = await simulated();

    const updated = await accounts.update([
      { Id: '001M000000qfPySIAU', Name: 'Nobody' },
      { Id: '001', Name: 'Malformed' },
    ]);

    expect(updated).toEqual([failed('NOT_FOUND'), failed('MALFORMED_ID')]);
  });

  it('write neither of two that name one record, and the others', async () => {
    const { accounts, names } = await simulated();
    const { id } = await accounts.create({ Name: 'One' });

    const updated = await accounts.update(['Two', 'Three'].map((Name) => ({ Id: id!, Name })));
    const upserted = await accounts.upsert(
      ['cus_1', 'cus_2', 'cus_1'].map((key) => ({ [KEY]: key, Name: key })),
      KEY,
    );

    expect(updated).toEqual([failed('DUPLICATE_VALUE'), failed('DUPLICATE_VALUE')]);
    expect(upserted).toEqual([failed('DUPLICATE_VALUE'), { ...ok, created: true }, failed('DUPLICATE_VALUE')]);
    expect(await names()).toEqual(['One', 'cus_2']);
  });

  it('read several records, and null for what is deleted or was never there', async () => {
    const { accounts, salesforce, send } = await simulated();
    const created = await accounts.create([{ Name: 'One' }, { Name: 'Two' }, { Name: 'Gone' }]);
    const [one, two, gone] = created.map(({ id }) => id!);
    await accounts.destroy(gone!);

    const posted = await accounts.retrieve([two!, gone!, one!, '001M000000qfPySIAU'], { fields: ['Name', KEY] });
    const got = await send('GET', undefined, `/Account?ids=${one!.slice(0, 15)},001&fields=Name`);

    expect(posted).toMatchObject([{ Id: two, Name: 'Two', [KEY]: null }, null, { Id: one, Name: 'One' }, null]);
    expect(got).toMatchObject({ status: 200, body: [{ attributes: { type: 'Account' }, Id: one, Name: 'One' }, null] });
    expect(salesforce.limitInfo.apiUsage?.used).toBe(3);
  });

  it('write all or none, and announce none', async () => {
    const { accounts, names, system } = await simulated();
    const { id } = await accounts.create({ Name: 'Before', [KEY]: 'cus_1' });
    const other = await accounts.create({ Name: 'Other' });
    const receiver = await webhookReceiver();
    system.setWebhook({ url: receiver.url, secret: 's' });

    const updated = await accounts.update(
      [
        { Id: id!, Name: 'After', [KEY]: 'cus_2' },
        { Id: other.id!, Name: '' },
      ],
      { allOrNone: true },
    );
    const contacts = await accounts.create([{ Name: 'New' }, {}], { allOrNone: true });
    const again = await accounts.upsert([{ [KEY]: 'cus_1', Name: 'Again' }], KEY, { allOrNone: true });

    expect(updated).toEqual([failed('ALL_OR_NONE_OPERATION_ROLLED_BACK'), failed('REQUIRED_FIELD_MISSING', ['Name'])]);
    expect(contacts[0]).toEqual(failed('ALL_OR_NONE_OPERATION_ROLLED_BACK'));
    expect(again).toEqual([{ ...ok, id, created: false }]);
    expect(await names()).toEqual(['Again', 'Other']);
    await waitFor(() => receiver.received.length > 0);
    expect(receiver.received.map(({ body }) => JSON.parse(body).fields)).toEqual([{ Name: 'Again' }]);
  });

  it('announce each record, with the origin of the call', async () => {
    const { connect, system } = await simulated();
    const receiver = await webhookReceiver();
    system.setWebhook({ url: receiver.url, secret: 's' });

    await connect('millrace')
      .sobject('Account')
      .upsert([{ [KEY]: 'cus_1', Name: 'One' }, { [KEY]: 'cus_2' }, { [KEY]: 'cus_3', Name: 'Three' }], KEY);

    await waitFor(() => receiver.received.length === 2);
    const sent = receiver.received.map(({ body }) => JSON.parse(body));
    expect(sent.map(({ fields }) => fields.Name).sort()).toEqual(['One', 'Three']);
    expect(new Set(sent.map(({ origin }) => origin))).toEqual(new Set(['millrace']));
  });

  it('tell a fault of one record in its place', async () => {
    const { accounts, system } = await simulated();
    await postFault(system.url, { fault: 'row-lock', record: 'cus_2' });
    await postFault(system.url, { fault: 'down', record: 'cus_3', times: 1 });
    const upsert = () =>
      accounts.upsert(
        [1, 2, 3].map((n) => ({ [KEY]: `cus_${n}`, Name: `No. ${n}` })),
        KEY,
      );

    const [first, second] = [await upsert(), await upsert()];

    expect(first).toMatchObject([{ created: true }, failed('UNABLE_TO_LOCK_ROW'), failed('SERVER_UNAVAILABLE')]);
    expect(second).toMatchObject([{ created: false }, failed('UNABLE_TO_LOCK_ROW'), { created: true }]);
    expect((await call(system.url, '/_calls')).body[1]).toMatchObject({ status: 200, fault: 'row-lock' });
  });

  it('fail as a whole by any other fault', async () => {
    const { accounts, names, system } = await simulated();
    await postFault(system.url, { fault: 'row-lock', operation: 'collections', times: 1 });

    const error = await errorOf(accounts.create([{ Name: 'One' }, { Name: 'Two' }]));

    expect(error).toMatchObject({ errorCode: 'UNABLE_TO_LOCK_ROW' });
    expect(await names()).toEqual([]);
  });
});

describe('collections over HTTP', () => {
  const account = { attributes: { type: 'Account' }, Name: 'Acme' };
  const contact = { attributes: { type: 'Contact' }, LastName: 'Noether' };

  it('take records of several types, in up to ten chunks', async () => {
    const { send } = await simulated();

    const ten = await send('POST', { records: Array(5).fill([account, contact]).flat() });
    const eleven = await send('POST', { records: [...Array(5).fill([account, contact]).flat(), account] });

    expect(ten.status).toBe(200);
    expect(ten.body.map(({ id }: { id: string }) => id.slice(0, 3))).toEqual(Array(5).fill(['001', '003']).flat());
    expect(eleven).toMatchObject({ status: 400, body: [{ errorCode: 'LIMIT_EXCEEDED' }] });
  });

  it.each([
    ['JSON_PARSER_ERROR', '{'],
    ['JSON_PARSER_ERROR', [account]],
    ['JSON_PARSER_ERROR', { records: [account, { Name: 'Untyped' }] }],
    ['JSON_PARSER_ERROR', { records: [account, { ...account, Name: 5 }] }],
    ['JSON_PARSER_ERROR', { records: [account], allOrNone: 'no' }],
    ['REQUIRED_FIELD_MISSING', { records: [] }],
    ['REQUIRED_FIELD_MISSING', {}],
    ['EXCEEDED_ID_LIMIT', { records: Array(201).fill(account) }],
  ])('refuse with %s what is malformed, and write nothing', async (errorCode, body) => {
    const { send, names } = await simulated();

    const answer = await send('POST', body);

    expect(answer).toMatchObject({ status: 400, body: [{ errorCode, message: expect.any(String) }] });
    expect(await names()).toEqual([]);
  });

  it('need the key in each record, and no other', async () => {
    const { send } = await simulated();

    const updated = await send('PATCH', { records: [account] });
    const upserted = await send(
      'PATCH',
      { records: [account, { ...account, [KEY]: 'cus_1', Id: '001M000000qfPySIAU' }, { ...contact, [KEY]: 'cus_1' }] },
      `/Account/${KEY}`,
    );

    expect(updated).toMatchObject({ status: 200, body: [failed('MISSING_ARGUMENT')] });
    expect(updated.body[0].errors[0].message).toBe('Id not specified in an update call');
    expect(upserted.body).toEqual([failed('MISSING_ARGUMENT'), failed('INVALID_FIELD'), failed('INVALID_TYPE')]);
  });

  it.each([
    [405, 'GET', ''],
    [405, 'POST', `/Account/${KEY}`],
    [405, 'PATCH', '/Account'],
    [400, 'POST', '/Account'],
    [404, 'PATCH', '/Account/Name'],
    [404, 'PATCH', `/Lead/${KEY}`],
  ])('answer %d to %s %s', async (status, method, path) => {
    const { send } = await simulated();

    const answer = await send(method, method === 'GET' ? undefined : { records: [account] }, path);

    expect(answer.status).toBe(status);
  });
});
