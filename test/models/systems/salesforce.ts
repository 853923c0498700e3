import { call, make, remove, type SystemCase, type SystemStep } from './case.ts';

type Fields = Readonly<Record<string, string | null>>;

const accounts = '/services/data/v66.0/sobjects/Account';
const names = 'Id,Name,Phone,Stripe_Customer_Id__c';

const upsert = (customer: string, fields: Fields, gives: string): SystemStep =>
  call({ method: 'PATCH', path: `${accounts}/Stripe_Customer_Id__c/${customer}`, fields }, gives);
const updateOnly = (customer: string, fields: Fields, gives: string): SystemStep =>
  call({ method: 'PATCH', path: `${accounts}/Stripe_Customer_Id__c/${customer}?updateOnly=true`, fields }, gives);
const update = (record: string, fields: Fields, gives: string): SystemStep =>
  call({ method: 'PATCH', path: `${accounts}/${record}`, fields }, gives);
const read = (record: string, gives: string): SystemStep =>
  call({ method: 'GET', path: `${accounts}/${record}?fields=${names}` }, gives);

const collection = (path: string, records: readonly Fields[], gives: string, locked?: string): SystemStep =>
  call(
    {
      method: 'PATCH',
      path: `/services/data/v66.0/composite/sobjects${path}`,
      body: { allOrNone: false, records: records.map((fields) => ({ attributes: { type: 'Account' }, ...fields })) },
      ...(locked === undefined ? {} : { refused: 'locked', refusedRecord: locked }),
    },
    gives,
  );
const upsertAll = (records: readonly Fields[], gives: string, locked?: string): SystemStep =>
  collection('/Account/Stripe_Customer_Id__c', records, gives, locked);
const updateAll = (records: readonly Fields[], gives: string): SystemStep => collection('', records, gives);
const readAll = (records: string, gives: string): SystemStep =>
  call(
    { method: 'GET', path: `/services/data/v66.0/composite/sobjects/Account?ids=${records}&fields=${names}` },
    gives,
  );

/** Of nobody, but of the form that ids have. */
const neverThere = '001000000000000AAA';

const refusals = {
  locked: '400 busy',
  unavailable: '503 transient',
  'too-many': '429 busy',
  'no-such-field': '400 permanent INVALID_FIELD',
} as const;

/** Source: the REST API developer guide, https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/ */
const cases: readonly Omit<SystemCase, 'system'>[] = [
  {
    name: 'an upsert creates, then updates',
    steps: [
      upsert('cus_1', { Name: 'Ada' }, '201 {1} created'),
      upsert('cus_1', { Name: 'Bea' }, '200 {1} updated'),
      read('{1}', '200 {1} Name="Bea" Stripe_Customer_Id__c="cus_1"'),
      upsert('cus_2', { Name: 'Cleo' }, '201 {2} created'),
    ],
  },
  {
    name: 'an upsert that may only update does not create',
    steps: [
      updateOnly('cus_1', { Name: 'Ada' }, '404 permanent NOT_FOUND'),
      upsert('cus_1', { Name: 'Ada' }, '201 {1} created'),
      updateOnly('cus_1', { Name: 'Bea' }, '200 {1} updated'),
    ],
  },
  {
    name: 'what people made is linked by its id, then found by its customer',
    steps: [
      make({ Name: 'Ada' }),
      read('{1}', '200 {1} Name="Ada"'),
      update('{1}', { Stripe_Customer_Id__c: 'cus_1' }, '204'),
      upsert('cus_1', { Name: 'Bea' }, '200 {1} updated'),
      read('{1}', '200 {1} Name="Bea" Stripe_Customer_Id__c="cus_1"'),
    ],
  },
  {
    name: 'a field that is absent stays, one that is null is emptied',
    steps: [
      upsert('cus_1', { Name: 'Ada', Phone: '1' }, '201 {1} created'),
      upsert('cus_1', { Name: 'Bea' }, '200 {1} updated'),
      read('{1}', '200 {1} Name="Bea" Phone="1" Stripe_Customer_Id__c="cus_1"'),
      upsert('cus_1', { Phone: null }, '200 {1} updated'),
      read('{1}', '200 {1} Name="Bea" Stripe_Customer_Id__c="cus_1"'),
    ],
  },
  {
    name: 'a deleted record is said to be deleted, and its customer is free',
    steps: [
      upsert('cus_1', { Name: 'Ada' }, '201 {1} created'),
      remove('{1}'),
      read('{1}', '404 permanent ENTITY_IS_DELETED'),
      update('{1}', { Name: 'Bea' }, '404 permanent ENTITY_IS_DELETED'),
      updateOnly('cus_1', { Name: 'Bea' }, '404 permanent NOT_FOUND'),
      upsert('cus_1', { Name: 'Cleo' }, '201 {2} created'),
    ],
  },
  {
    name: 'a record that was never there',
    steps: [
      read(neverThere, '404 permanent NOT_FOUND'),
      update(neverThere, { Name: 'Ada' }, '404 permanent NOT_FOUND'),
    ],
  },
  {
    name: 'a customer belongs to one record',
    steps: [
      upsert('cus_1', { Name: 'Ada' }, '201 {1} created'),
      upsert('cus_2', { Name: 'Bea' }, '201 {2} created'),
      update('{2}', { Stripe_Customer_Id__c: 'cus_1' }, '400 transient'),
      read('{2}', '200 {2} Name="Bea" Stripe_Customer_Id__c="cus_2"'),
    ],
  },
  {
    name: 'what is refused is not done',
    steps: [
      upsert('cus_1', { Name: 'Ada' }, '201 {1} created'),
      ...(['locked', 'unavailable', 'too-many', 'no-such-field'] as const).map((refused) =>
        call({ method: 'PATCH', path: `${accounts}/{1}`, fields: { Name: 'Bea' }, refused }, refusals[refused]),
      ),
      upsert('cus_1', { Name: `${'x'.repeat(300)} (unacceptable)` }, '400 permanent STRING_TOO_LONG'),
      update('{1}', { Name: `${'x'.repeat(300)} (unacceptable)` }, '400 permanent STRING_TOO_LONG'),
      read('{1}', '200 {1} Name="Ada" Stripe_Customer_Id__c="cus_1"'),
    ],
  },
  {
    name: 'several in one call: read, with null for what is not there',
    steps: [
      upsert('cus_1', { Name: 'Ada' }, '201 {1} created'),
      upsert('cus_2', { Name: 'Bea' }, '201 {2} created'),
      remove('{2}'),
      readAll(`{2},{1},${neverThere}`, '200 [null, {1} Name="Ada" Stripe_Customer_Id__c="cus_1", null]'),
    ],
  },
  {
    name: 'several in one call: upserted, each alone',
    steps: [
      upsert('cus_2', { Name: 'Bea' }, '201 {1} created'),
      upsertAll(
        [
          { Name: 'Ada', Stripe_Customer_Id__c: 'cus_1' },
          { Name: 'Bee', Stripe_Customer_Id__c: 'cus_2' },
        ],
        '200 [{2} created, {1} updated]',
      ),
      upsertAll(
        [
          { Name: 'Ann', Stripe_Customer_Id__c: 'cus_1' },
          { Name: 'Ben', Stripe_Customer_Id__c: 'cus_2' },
        ],
        '200 [{2} updated, UNABLE_TO_LOCK_ROW]',
        'cus_2',
      ),
      readAll(
        '{1},{2}',
        '200 [{1} Name="Bee" Stripe_Customer_Id__c="cus_2", {2} Name="Ann" Stripe_Customer_Id__c="cus_1"]',
      ),
    ],
  },
  {
    name: 'several in one call: updated by their ids, each alone',
    steps: [
      ...[1, 2, 3].map((nth) => upsert(`cus_${nth}`, { Name: 'Ada' }, `201 {${nth}} created`)),
      remove('{2}'),
      updateAll(
        [
          { id: '{1}', Name: 'Bea' },
          { id: '{2}', Name: 'Bea' },
          { id: '{3}', Name: 'Bea' },
        ],
        '200 [{1} updated, ENTITY_IS_DELETED, {3} updated]',
      ),
      readAll(
        '{1},{3}',
        '200 [{1} Name="Bea" Stripe_Customer_Id__c="cus_1", {3} Name="Bea" Stripe_Customer_Id__c="cus_3"]',
      ),
    ],
  },
  {
    name: 'an ended session, a probe',
    steps: [
      call({ method: 'GET', path: '/services/data/v66.0/limits', signedOut: true }, '401 auth'),
      call({ method: 'GET', path: `${accounts}/${neverThere}`, signedOut: true }, '401 auth'),
      call({ method: 'GET', path: '/services/data/v66.0/limits' }, '200'),
      call({ method: 'GET', path: '/services/data/v66.0/limits', refused: 'unavailable' }, '503 transient'),
    ],
  },
];

export const salesforceCases: readonly SystemCase[] = cases.map((one) => ({
  ...one,
  name: `salesforce: ${one.name}`,
  system: 'salesforce',
}));
