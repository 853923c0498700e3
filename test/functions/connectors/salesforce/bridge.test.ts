import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { changeVersion, readSalesforceChange } from '../../../../functions/connectors/salesforce/bridge.ts';
import { parseExactJson } from '../../../../functions/contract/exact-json.ts';
import type { IncomingEvent } from '../../../../functions/contract/webhook-reader.ts';
import { aChange, orgId, read, readAll, relay } from './support/changes.ts';

const payload = (name: string) =>
  readFileSync(new URL(`../../../fixtures/payloads/salesforce.cdc.${name}.json`, import.meta.url), 'utf8');

describe('real events', () => {
  it('of Event Relay, with every field: a new Account', () => {
    const { source, detail } = parseExactJson(payload('event-relay-eventbridge.account-create.derived')) as never;

    expect(readSalesforceChange({ source, detail })).toEqual([
      {
        id: '00D5f000005KcCnEAK.0001ade9-3f74-0b99-dbc4-42e73424b774.1.0015f00002J9YYEAA3',
        type: 'Account.CREATE',
        time: '2024-04-09T20:19:25.000Z',
        subject: '0015f00002J9YYEAA3',
        echo: false,
        data: expect.objectContaining({
          organizationId: '00D5f000005KcCnEAK',
          object: 'Account',
          changeType: 'CREATE',
          recordId: '0015f00002J9YYEAA3',
          gap: false,
          commitNumber: '1082985383811',
          sequenceNumber: 1,
          fields: expect.objectContaining({ Name: 'Acme', Phone: null, CleanStatus: 'Pending' }),
        }),
      },
    ]);
  });

  it('of a Contact, with what was changed: the exact commit number, and a part of a compound field', () => {
    const event = read(relay(payload('update_contact')));

    expect(event).toMatchObject({ type: 'Contact.UPDATE', subject: '003ak00000IiFInAAN' });
    expect(event.data).toMatchObject({
      commitNumber: '1745500706683617281',
      changedFields: ['LastModifiedDate', 'LastName'],
      fields: { LastModifiedDate: '2025-04-24T13:18:26.000Z', LastName: 'Youngest' },
    });
  });

  it('of a Contact that lost its city: what is named as changed, and absent, was emptied', () => {
    const { data } = read(relay(payload('update_contact_compound_address')));

    expect(data).toMatchObject({ commitNumber: '1778192987716501506' });
    expect((data as { fields: unknown }).fields).toEqual({
      LastModifiedDate: '2026-05-07T22:29:47.000Z',
      MailingStreet: '1235 wildwood St',
      MailingCity: null,
      OtherPostalCode: null,
    });
  });

  it('of a Lead, whose address has no other name', () => {
    const { data } = read(relay(payload('update_lead_compound_address')));

    expect(data).toMatchObject({ commitNumber: '1778192987716501507', changedFields: ['Street', 'PostalCode'] });
  });

  it('that AppFlow sends, with the header beside the fields: known by its source, as the org is not told', () => {
    const source = 'aws.partner/appflow.test/salesforce.com/364228160620/CustomSF-Source-Final';
    const detail = parseExactJson(payload('update_contact'));

    const [event] = readAll({ source, detail });

    expect(event).toMatchObject({ id: `${source}.0000be70-a756-e601-9202-32967602a6be.1.003ak00000IiFInAAN` });
    expect(event).toMatchObject({ data: { organizationId: undefined } });
  });

  it('that somebody has reshaped, without a list of records, is unreadable', () => {
    const [told] = readAll(relay(payload('update_user')));

    expect(told).toEqual({ unreadable: 'no ChangeEventHeader with entity, change, records and transaction' });
  });
});

describe('the records of an event', () => {
  it('are an event each, known by org, transaction, place in it, and record', () => {
    const events = readAll(aChange({ recordIds: ['0015f00002J9YYE', '0015f00002J9YYFAA3'] })) as IncomingEvent[];

    // The id of 15 characters becomes one of 18: one record has one key.
    expect(events.map(({ subject }) => subject)).toEqual(['0015f00002J9YYEAA3', '0015f00002J9YYFAA3']);
    expect(events.map(({ id }) => id)).toEqual([
      `${orgId}.txn.3.0015f00002J9YYEAA3`,
      `${orgId}.txn.3.0015f00002J9YYFAA3`,
    ]);
    expect(events.map(({ data }) => (data as { recordId: string }).recordId)).toEqual(
      events.map(({ subject }) => subject),
    );
  });

  it.each([
    ['all of a kind', '001*'],
    ['none', '000000000000000AAA'],
    ['a wrong checksum', '0015f00002J9YYEAA4'],
  ])('are not told where there is %s: somebody must compare all, and the others go on', (_, id) => {
    const [event, unnamed] = readAll(aChange({ recordIds: [id, '0015f00002J9YYEAA3'] }));

    expect(event).toMatchObject({ subject: '0015f00002J9YYEAA3' });
    expect(unnamed).toEqual({
      unnamed: 'Account records: a change does not say which. Compare all',
      types: ['Account.CREATE', 'Account.UPDATE', 'Account.DELETE', 'Account.UNDELETE'],
    });
  });

  it('are not told by an overflow', () => {
    const [unnamed, ...others] = readAll(
      aChange({ changeType: 'GAP_OVERFLOW', recordIds: ['000000000000000AAA'], entityName: 'Lead' }),
    );

    expect(unnamed).toMatchObject({
      unnamed: expect.stringContaining('Lead records: '),
      types: expect.arrayContaining(['Lead.DELETE']),
    });
    expect(others).toEqual([]);
  });
});

describe('a gap', () => {
  it.each(['CREATE', 'UPDATE', 'DELETE', 'UNDELETE'])(
    'GAP_%s wakes the flows of that change, and tells no fields',
    (change) => {
      // A full body is all nulls, which say nothing.
      const event = read(aChange({ changeType: `GAP_${change}`, changedFields: [] }, { Name: null, Phone: null }));

      expect(event.type).toBe(`Account.${change}`);
      expect(event.data).toMatchObject({ gap: true, changeType: change });
      expect(event.data).not.toHaveProperty('fields');
    },
  );
});

describe('the fields of an event', () => {
  const fieldsOf = (header: object, body: object) => (read(aChange(header, body)).data as { fields?: object }).fields;

  it('are those that changed, though a full body has the others as null', () => {
    const header = { changedFields: ['Name', 'BillingAddress.City'], nulledFields: ['Phone'] };
    const body = { Name: 'Acme', Phone: null, Website: null, BillingAddress: { City: 'Graz', Street: null } };

    expect(fieldsOf(header, body)).toEqual({ Name: 'Acme', BillingCity: 'Graz', Phone: null });
  });

  it('are all parts of a compound field that changed as a whole', () => {
    const body = { BillingAddress: { City: 'Graz', Street: null } };

    expect(fieldsOf({ changedFields: ['BillingAddress'] }, body)).toEqual({
      BillingCity: 'Graz',
      BillingStreet: null,
    });
  });

  it('are only what has a value where what changed is told as bits', () => {
    const event = read(aChange({ changedFields: ['0x0802', '4-0x02'] }, { Name: 'Acme', Phone: null }));

    expect(event.data).toMatchObject({ changedFields: undefined, fields: { Name: 'Acme' } });
  });

  it('lack a text of which only the difference was sent', () => {
    const header = { changedFields: ['Name', 'Description'], diffFields: ['Description'] };

    expect(fieldsOf(header, { Name: 'Acme', Description: '--- a\n+++ b' })).toEqual({ Name: 'Acme' });
  });

  it('are not told of a deleted record', () => {
    expect(fieldsOf({ changeType: 'DELETE' }, { Name: null })).toBeUndefined();
  });
});

describe('who changed it', () => {
  it.each([
    ['com/salesforce/api/rest/66.0;client=millrace', true],
    ['com/salesforce/api/rest/66.0;client=millrace/', true],
    ['com/salesforce/api/rest/66.0;client=millrace2', false],
    ['com/salesforce/api/soap/60.0;client=SfdcInternalAPI/', false],
    ['', false],
  ])('%o: an echo is %s', (changeOrigin, echo) => {
    expect(read(aChange({ changeOrigin })).echo).toBe(echo);
  });
});

describe('the version', () => {
  const commit = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

  test('orders commits by all of their digits, and changes of one transaction by their place', () => {
    const aPlace = fc.tuple(commit, fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(aPlace, aPlace, (one, other) => {
        const [first, second] = [one, other].map(([number, sequenceNumber]) => {
          const header = `{"commitNumber":${number},"sequenceNumber":${sequenceNumber}}`;
          const event = read(aChange(parseExactJson(header) as object));
          return changeVersion(event.data as Parameters<typeof changeVersion>[0]);
        });

        const expected = one[0] === other[0] ? one[1] < other[1] : one[0] < other[0];
        expect(first! < second!).toBe(expected);
      }),
    );
  });

  it('has no commit number where it came as what can not be exact', () => {
    expect(read(aChange({ commitNumber: 1.7455007066836173e18 })).data).toMatchObject({ commitNumber: undefined });
  });
});

describe('what is no change event', () => {
  it.each([
    ['a platform event', { payload: { Order__c: '1' } }],
    ['another change', aChange({ changeType: 'SNAPSHOT' }).detail],
    ['no records', aChange({ recordIds: [] }).detail],
    ['no transaction', aChange({ transactionKey: '' }).detail],
    ['nothing', undefined],
  ])('%s: is unreadable', (_, detail) => {
    expect(readAll({ source: 'aws.partner/salesforce.com/x/y', detail })).toEqual([
      { unreadable: expect.stringContaining('ChangeEventHeader') },
    ]);
  });
});
