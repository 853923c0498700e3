import { describe, expect, it } from 'vitest';
import { success } from '../../../../functions/engine/outcome.ts';
import { anOrganization, collection, field, kindsOf, ofEvent, upsertOf, writeAll } from '../support/organization.ts';
import { account, anAccountWrite } from '../support/systems.ts';

describe('Salesforce: calls of several events', () => {
  it('upsert ten records in two calls, and tell each event and the guard its own', async () => {
    const { connector, made, first, accounts, told } = await anOrganization();
    await first();

    const outcomes = await writeAll(connector, 10);

    const ids = (await accounts()).map(({ Id }) => Id);
    expect(await made()).toEqual([`PATCH /sobjects/Account/${field}/cus_0`, collection]);
    expect(outcomes).toEqual(ids.map((id) => success({ id, created: true })));
    expect(told.map(({ key }) => key).toSorted()).toEqual(ids.map((_, n) => `cus_${n}`));
    expect(told.every(({ operation, kind }) => operation === 'salesforce.upsert' && kind === 'success')).toBe(true);
    expect(told.filter((one) => !one.told)).toHaveLength(2);
  });

  it('update ten linked records in three, and create none', async () => {
    const { connector, someAccounts, made, first, accounts } = await anOrganization();
    const ids = await someAccounts(10, true);
    const before = (await made()).length;
    await first();

    const outcomes = await writeAll(connector, 10, (n) => ({ ...upsertOf(n, { Name: `New ${n}` }), id: ids[n]! }));

    expect((await made()).slice(before)).toEqual([
      `PATCH /sobjects/Account/${field}/cus_0`,
      'GET /composite/sobjects/Account',
      'PATCH /composite/sobjects',
    ]);
    expect(outcomes).toEqual(ids.map((id) => success({ id, created: false })));
    expect((await accounts()).map(({ Name }) => Name)).toEqual(ids.map((_, n) => `New ${n}`));
  });

  it('leave what is not linked as it should be to calls of its own', async () => {
    const { connector, someAccounts, first, accounts, look } = await anOrganization();
    const ids = await someAccounts(7, true);
    await look(`/sobjects/Account/${ids[1]}`, { method: 'DELETE' });
    const free = await look('/sobjects/Account', { method: 'POST', body: '{"Name":"Unlinked"}' });
    await first();
    const fields = { Name: 'New' };
    const linked = (n: number, value = `cus_${n}`) => anAccountWrite({ id: ids[n]!, link: { field, value }, fields });
    const unlinked = anAccountWrite({ id: String(free.id), link: { field, value: 'cus_free' }, fields });

    const outcomes = await Promise.all(
      [linked(0), linked(1), linked(2), linked(3, 'cus_copied'), linked(4), unlinked, linked(6)].map((write, n) =>
        connector.write(write, ofEvent(n)),
      ),
    );

    const updated = (id: unknown) => success({ id, created: false });
    expect(outcomes).toEqual([
      updated(ids[0]),
      success({ gone: true }),
      updated(ids[2]),
      success({ id: expect.not.stringContaining(ids[3]!), created: true }),
      updated(ids[4]),
      updated(free.id),
      updated(ids[6]),
    ]);
    expect((await accounts()).find(({ Id }) => Id === ids[3])).toMatchObject({ Name: 'No. 3', [field]: 'cus_3' });
  });

  it('read ten records in two, and tell the deleted from the unknown', async () => {
    const { connector, someAccounts, made, first, look } = await anOrganization();
    const ids = await someAccounts(9, false);
    await look(`/sobjects/Account/${ids[4]}`, { method: 'DELETE' });
    const wanted = [...ids, '001000000000001AAA'];
    const before = (await made()).length;
    await first();

    const outcomes = await Promise.all(wanted.map((id, n) => connector.read(account, id, ofEvent(n))));

    const found = (n: number) => success({ id: ids[n], fields: expect.objectContaining({ Name: `No. ${n}` }) });
    expect(outcomes).toMatchObject([
      ...[0, 1, 2, 3].map(found),
      success(undefined),
      ...[5, 6, 7, 8].map(found),
      { kind: 'permanent', code: 'NOT_FOUND', status: 404 },
    ]);
    expect((await made()).slice(before)).toEqual([
      `GET /sobjects/Account/${ids[0]}`,
      'GET /composite/sobjects/Account',
      `GET /sobjects/Account/${ids[4]}`,
      'GET /sobjects/Account/001000000000001AAA',
    ]);
  });

  it('store ten links in two', async () => {
    const { connector, someAccounts, made, first, accounts } = await anOrganization();
    const ids = await someAccounts(10, false);
    const before = (await made()).length;
    await first();

    const outcomes = await Promise.all(ids.map((id, n) => connector.link(account, id, field, `cus_${n}`, ofEvent(n))));

    expect(outcomes).toEqual(ids.map(() => success(undefined)));
    expect((await accounts()).map((record) => record[field])).toEqual(ids.map((_, n) => `cus_${n}`));
    expect((await made()).slice(before)).toEqual([`PATCH /sobjects/Account/${ids[0]}`, 'PATCH /composite/sobjects']);
  });

  it('never carry a record twice', async () => {
    const { connector, first, accounts } = await anOrganization();
    await first();

    const outcomes = await Promise.all([0, 1, 1, 1, 2].map((n) => connector.write(upsertOf(n), ofEvent(n))));

    expect(kindsOf(outcomes)).toEqual(Array(5).fill('success'));
    expect(await accounts()).toHaveLength(3);
  });

  it('carry nothing of an event that failed before', async () => {
    const { connector, made, first } = await anOrganization();
    await first();

    await Promise.all([0, 1, 2, 3].map((n) => connector.write(upsertOf(n), ofEvent(n, { alone: n === 2 }))));

    expect((await made()).toSorted()).toEqual([
      collection,
      `PATCH /sobjects/Account/${field}/cus_0`,
      `PATCH /sobjects/Account/${field}/cus_2`,
    ]);
  });

  it('are not made with one record a call', async () => {
    const { connector, made } = await anOrganization({ sharing: { reads: 1, writes: 1 } });

    await writeAll(connector, 4);

    expect((await made()).toSorted()).toEqual([0, 1, 2, 3].map((n) => `PATCH /sobjects/Account/${field}/cus_${n}`));
  });

  it('are not made while the guard refuses', async () => {
    const refusal = { kind: 'busy', code: 'breaker-open-failures', operation: 'salesforce.upsert' } as const;
    const { connector, made } = await anOrganization({ guard: async () => refusal });

    const outcomes = await writeAll(connector, 4);

    expect(outcomes).toEqual(Array(4).fill(refusal));
    expect(await made()).toEqual([]);
  });
});
