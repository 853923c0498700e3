import { call, make, remove, type SystemCase, type SystemStep, wait } from './case.ts';

type Fields = Readonly<Record<string, string>>;

const create = (name: string, gives: string, more: { key?: string; link?: string } = {}): SystemStep =>
  call({ method: 'POST', path: '/v1/customers', fields: linked(name, more.link), key: more.key }, gives);
const update = (record: string, fields: Fields, gives: string, key?: string): SystemStep =>
  call({ method: 'POST', path: `/v1/customers/${record}`, fields, key }, gives);
const read = (record: string, gives: string): SystemStep =>
  call({ method: 'GET', path: `/v1/customers/${record}` }, gives);
const list = (query: string, gives: string): SystemStep =>
  call({ method: 'GET', path: `/v1/customers?${query}` }, gives);
const created = (gives: string): SystemStep =>
  call({ method: 'GET', path: '/v1/events?type=customer.created&created[gte]=0&limit=100' }, gives);

function linked(name: string, link: string | undefined): Fields {
  return link === undefined ? { name } : { name, 'metadata[salesforce_account_id]': link };
}

/** Sources: https://docs.stripe.com/api, its pages on idempotent requests, pagination, errors and events. */
const cases: readonly Omit<SystemCase, 'system'>[] = [
  {
    name: 'a created customer is there, listed and told of',
    steps: [
      create('Ada', '200 {1} "Ada" → 001A', { link: '001A' }),
      read('{1}', '200 {1} "Ada" → 001A'),
      list('created[gte]=0&limit=100', '200 [{1} "Ada" → 001A]'),
      created('200 [{1} "Ada" → 001A]'),
    ],
  },
  {
    name: 'an update changes what it names, and empties what is empty',
    steps: [
      create('Ada', '200 {1} "Ada" → 001A', { link: '001A' }),
      update('{1}', { name: 'Bea' }, '200 {1} "Bea" → 001A'),
      update('{1}', { name: 'Bea' }, '200 {1} "Bea" → 001A'),
      update('{1}', { name: '' }, '200 {1} null → 001A'),
      update('{1}', { 'metadata[salesforce_account_id]': '' }, '200 {1} null'),
      created('200 [{1} "Ada" → 001A]'),
    ],
  },
  {
    name: 'under the same key nothing is made twice',
    steps: [
      create('Ada', '200 {1} "Ada"', { key: 'k' }),
      update('{1}', { name: 'Bea' }, '200 {1} "Bea"'),
      create('Ada', '200 {1} "Ada"', { key: 'k' }),
      create('Ada', '200 {2} "Ada"', { key: 'other' }),
      list('limit=100', '200 [{2} "Ada", {1} "Bea"]'),
    ],
  },
  {
    name: 'a key belongs to one call',
    steps: [
      create('Ada', '200 {1} "Ada"', { key: 'k' }),
      create('Bea', '400 permanent idempotency_error', { key: 'k' }),
      update('{1}', { name: 'Ada' }, '400 permanent idempotency_error', 'k'),
    ],
  },
  {
    name: 'a key is known for a day',
    steps: [
      create('Ada', '200 {1} "Ada"', { key: 'k' }),
      wait(23),
      create('Ada', '200 {1} "Ada"', { key: 'k' }),
      wait(2),
      create('Ada', '200 {2} "Ada"', { key: 'k' }),
    ],
  },
  {
    name: 'what was turned away leaves its key free',
    steps: [
      call(
        { method: 'POST', path: '/v1/customers', fields: { name: 'Ada' }, key: 'k', refused: 'unavailable' },
        '503 transient',
      ),
      call(
        { method: 'POST', path: '/v1/customers', fields: { name: 'Ada' }, key: 'k', refused: 'too-many' },
        '429 busy',
      ),
      call({ method: 'POST', path: '/v1/customers', fields: { name: 'Ada' }, key: 'k', refused: 'locked' }, '429 busy'),
      create('Ada', '200 {1} "Ada"', { key: 'k' }),
      list('limit=100', '200 [{1} "Ada"]'),
    ],
  },
  {
    name: 'a customer that was never there',
    steps: [
      read('cus_none', '404 permanent resource_missing'),
      update('cus_none', { name: 'Ada' }, '404 permanent resource_missing'),
    ],
  },
  {
    name: 'what was saved under a key is a refusal, too',
    steps: [
      update('cus_none', { name: 'Ada' }, '404 permanent resource_missing', 'k'),
      update('cus_none', { name: 'Bea' }, '400 permanent idempotency_error', 'k'),
    ],
  },
  {
    name: 'a deleted customer can be read as such, and not changed',
    steps: [
      create('Ada', '200 {1} "Ada" → 001A', { link: '001A' }),
      remove('{1}'),
      read('{1}', '200 {1} deleted'),
      update('{1}', { name: 'Bea' }, '404 permanent resource_missing'),
      list('limit=100', '200 []'),
      created('200 [{1} "Ada" → 001A]'),
    ],
  },
  {
    name: 'pages go from the newest to the oldest',
    steps: [
      ...['A', 'B', 'C'].flatMap((name, index) => [create(name, `200 {${index + 1}} "${name}"`), wait(1)]),
      list('limit=2', '200 [{3} "C", {2} "B"] and more'),
      list('limit=2&starting_after={2}', '200 [{1} "A"]'),
      list('created[gte]=4000000000&limit=100', '200 []'),
    ],
  },
  {
    name: 'made within one second, the newest is first',
    steps: [
      ...['A', 'B', 'C'].map((name, index) => create(name, `200 {${index + 1}} "${name}"`)),
      list('limit=100', '200 [{3} "C", {2} "B", {1} "A"]'),
    ],
  },
  {
    name: 'events are listed for thirty days',
    steps: [
      create('Ada', '200 {1} "Ada"'),
      wait(29 * 24),
      created('200 [{1} "Ada"]'),
      wait(2 * 24),
      created('200 []'),
      list('limit=100', '200 [{1} "Ada"]'),
    ],
  },
  {
    name: 'what people made is listed and can be changed',
    steps: [
      make({ name: 'Ada' }),
      list('limit=100', '200 [{1} "Ada"]'),
      update('{1}', { 'metadata[salesforce_account_id]': '001A' }, '200 {1} "Ada" → 001A'),
    ],
  },
  {
    name: 'a wrong key, a wrong field, a probe',
    steps: [
      call({ method: 'GET', path: '/v1/balance', signedOut: true }, '401 auth'),
      call({ method: 'GET', path: '/v1/balance' }, '200'),
      call({ method: 'GET', path: '/v1/balance', refused: 'unavailable' }, '503 transient'),
      call(
        { method: 'POST', path: '/v1/customers', fields: { name: 'Ada' }, refused: 'no-such-field' },
        '400 permanent parameter_unknown',
      ),
    ],
  },
];

export const stripeCases: readonly SystemCase[] = cases.map((one) => ({
  ...one,
  name: `stripe: ${one.name}`,
  system: 'stripe',
}));
