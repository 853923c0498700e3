import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type {
  GraphqlOperation,
  GraphqlOptions,
  RestOptions,
  RestRoute,
} from '../../../functions/contract/plain-http.ts';
import type { Flow } from '../../../functions/specification/flow.ts';
import { asIs, type Mapping } from '../../../functions/specification/mapping.ts';
import type { System } from '../../../functions/specification/system.ts';
import { problemsOf } from '../../../functions/specification/validate.ts';
import { noScheme } from '../../support/no-scheme.ts';

const webhook = {
  scheme: noScheme,
  reader: () => ({ unreadable: 'reads nothing' }),
};
const rest: RestOptions = {
  auth: 'bearer',
  routes: { order: { read: 'GET /orders/{id}', write: 'PUT /orders/{id}' } },
  probe: 'GET /health',
};
const documents = {
  read: 'query ($id: ID!) { order(id: $id) { id } }',
  write: 'mutation ($id: ID!, $input: OrderInput!) { saveOrder(id: $id, input: $input) { id } }',
};
const graphql: GraphqlOptions = { auth: 'basic', operations: { order: documents } };

const restShop: System = { name: 'shop', connector: 'rest', rest, webhook };
const graphqlShop: System = { name: 'shop', connector: 'graphql', graphql, webhook };
const sender: System = { name: 'shop', webhook };
const restStore: System = { name: 'store', connector: 'rest', rest };
const graphqlStore: System = { name: 'store', connector: 'graphql', graphql };

interface Changes {
  readonly shop?: System;
  readonly store?: System;
  readonly link?: Mapping['link'];
  readonly flow?: Partial<Flow>;
}

/** What validation says of orders that go from the shop to the store, with some things changed. */
function linesOf({ shop = restShop, store = restStore, link, flow = {} }: Changes) {
  const mapping: Mapping = {
    name: 'orders',
    left: { system: 'shop', object: 'order', fields: { total: 'text', storeId: 'text' } },
    right: { system: 'store', object: 'order', fields: { total: 'text', shopId: 'text' } },
    link,
    fields: [{ left: 'total', right: 'total', toRight: asIs }],
  };
  const source = { system: 'shop', events: ['order'], schema: v.object({ id: v.string() }), key: () => 'ord_1' };
  const orders: Flow = { name: 'orders', source, mapping, direction: 'right', operation: 'put', ...flow };
  const integration = {
    name: 'shop-store',
    systems: { shop, store },
    mappings: { orders: mapping },
    flows: { orders },
    policies: {},
  };
  return problemsOf([integration]).map(({ path, problem, remedy }) => `${path} ${problem}. ${remedy}`);
}

const event = {
  payload: 'event',
  source: {
    system: 'shop',
    events: ['order'],
    schema: v.object({}),
    key: () => 'ord_1',
    version: () => 1,
    fields: () => ({}),
  },
} as const;
const routing = (order: object): System => ({ ...restStore, rest: { ...rest, routes: { order: order as RestRoute } } });
const asking = (order: GraphqlOperation): System => ({
  ...graphqlStore,
  graphql: { ...graphql, operations: { order } },
});
const options = (changes: object): System => ({ ...restStore, rest: { ...rest, ...changes } });

describe('a sound flow', () => {
  it.each<[string, Changes]>([
    ['between REST systems', {}],
    ['to a GraphQL API', { store: graphqlStore }],
    ['from a GraphQL API', { shop: graphqlShop }],
    ['of a system that only sends', { shop: sender, flow: event }],
    [
      'that tells its source what it wrote',
      {
        shop: { ...restShop, rest: { ...rest, routes: { order: { read: 'GET /o/{id}', write: 'PATCH /o/{id}' } } } },
        link: { left: 'storeId' },
      },
    ],
    ['that tells its destination what it was made of', { link: { right: 'shopId' } }],
    ['that appends by POST', { store: routing({ write: 'POST /orders' }), flow: { operation: 'append' } }],
    [
      'that appends to a record',
      { store: routing({ write: 'POST /orders/{id}/notes' }), flow: { operation: 'append' } },
    ],
    [
      'that appends by a key',
      { store: asking({ write: 'mutation ($key: ID!) { add(key: $key) { id } }' }), flow: { operation: 'append' } },
    ],
    ['with headers', { store: options({ auth: { header: 'X-Api-Key' }, headers: { Accept: 'application/json' } }) }],
  ])('is one %s', (_what, changes) => {
    expect(linesOf(changes)).toEqual([]);
  });
});

describe('a route is refused', () => {
  it.each([
    'GET /orders',
    'GET /orders/{id}/{id}',
    'GET  /orders/{id}',
    'GET orders/{id}',
    'GET /a/../{id}',
    'GET /{id}#x',
    'PUT /orders/{id}',
  ])('to read by: %s', (read) => {
    expect(linesOf({ store: routing({ read, write: 'PUT /orders/{id}' }) })).toEqual([
      `shop-store: systems.store.rest.routes.order.read is '${read}'. Use the form 'GET /orders/{id}', with {id} once.`,
    ]);
  });

  it.each([
    'PUT /orders',
    'PATCH /orders',
    'PUT /orders/{id}/{id}',
    'PUT /orders/{id} HTTP/1.1',
    'DELETE /orders/{id}',
  ])('to write by: %s', (write) => {
    expect(linesOf({ store: routing({ write }) })[0]).toMatch(
      `shop-store: systems.store.rest.routes.order.write is '${write}'. Use one of the forms 'PUT /orders/{id}'`,
    );
  });

  it('that reads and writes nothing, and a system without any', () => {
    expect(linesOf({ store: routing({}) })).toContain(
      'shop-store: systems.store.rest.routes.order is empty. Give it read, write or both.',
    );
    expect(linesOf({ store: options({ routes: {} }) })[0]).toMatch(
      'systems.store.rest.routes is empty. Name an object',
    );
  });

  it.each(['GET health', 'POST /health', 'GET /orders/{id}'])('to probe by: %s', (probe) => {
    expect(linesOf({ store: options({ probe }) })).toEqual([
      `shop-store: systems.store.rest.probe is '${probe}'. Name a harmless read without a record: 'GET /health'.`,
    ]);
  });
});

describe('a header is refused', () => {
  it.each(['', 'X Key', 'X-Key:', 'Authorization'])('to sign in by: %j', (header) => {
    expect(linesOf({ store: options({ auth: { header } }) })[0]).toMatch(
      `systems.store.rest.auth.header is '${header}'. Name a header of the API`,
    );
  });

  it.each(['Host', 'authorization', 'Idempotency-Key', 'X Key'])('among the fixed ones: %s', (name) => {
    expect(linesOf({ store: options({ headers: { [name]: 'x' } }) })[0]).toMatch(
      `rest.headers names '${name}'. Remove it`,
    );
  });

  it('with a value of two lines', () => {
    expect(linesOf({ store: options({ headers: { Accept: 'a\nb' } }) })[0]).toMatch('rest.headers.Accept has no text');
  });
});

describe('a document is refused', () => {
  it.each([
    [{ read: 'query { orders { id } }', write: documents.write }, 'order.read is no query by $id'],
    [{ read: documents.write, write: documents.write }, 'order.read is no query by $id'],
    [{ write: documents.read }, 'order.write is no mutation by $id or $key'],
    [{ write: 'mutation ($input: OrderInput!) { add(input: $input) { id } }' }, 'order.write is no mutation by $id or'],
    [{}, 'order is empty'],
  ])('where it can not do its work: %j', (order, expected) => {
    expect(linesOf({ store: asking(order) })[0]).toMatch(expected);
  });

  it('that probes by a mutation', () => {
    const store: System = { ...graphqlStore, graphql: { ...graphql, probe: 'mutation { ping }' } };

    expect(linesOf({ store })).toEqual([expect.stringMatching('systems.store.graphql.probe is no query')]);
  });
});

describe('a flow is refused', () => {
  it.each<[string, Changes, string]>([
    [
      'whose source can not be read',
      { shop: sender },
      "flows.orders has a flow that calls shop, which has no connector. Give systems.shop a connector, or let the flow use payload: 'event'",
    ],
    [
      'whose source can not be told',
      { shop: sender, flow: event, link: { left: 'storeId' } },
      'flows.orders has a flow that calls shop, which has no connector',
    ],
    [
      'whose destination can not be called',
      { store: { ...sender, name: 'store' } },
      'flows.orders.direction writes store, which has no connector. Give systems.store one.',
    ],
    [
      'whose source has no read',
      { shop: { ...restShop, rest: { ...rest, routes: { order: { write: 'PUT /o/{id}' } } } } },
      'flows.orders reads order of shop, which has no read for it. Add it to systems.shop.',
    ],
    [
      'whose destination has no write',
      { store: routing({ read: 'GET /o/{id}' }) },
      'flows.orders writes order of store, which has no write for it. Add it to systems.store.',
    ],
    [
      'whose source would be replaced by its link',
      { link: { left: 'storeId' } },
      'flows.orders links order of shop, which has no write for it. Give it one that changes single fields',
    ],
    [
      'that appends by PUT',
      { flow: { operation: 'append' } },
      "flows.orders.operation is 'append', but order is not written so. Use 'put', or change the write of order in systems.store.",
    ],
    [
      'that puts by POST',
      { store: routing({ write: 'POST /orders' }) },
      "flows.orders.operation is 'put', but order is not written so. Use 'append'",
    ],
    [
      'that puts by a key',
      { store: asking({ write: 'mutation ($key: ID!) { add(key: $key) { id } }' }) },
      "is 'put', but order is not written so",
    ],
    [
      'that upserts',
      { flow: { operation: 'upsert' } },
      "flows.orders.operation is 'upsert', which rest can't do safely. Use 'put' or 'append'.",
    ],
  ])('%s', (_what, changes, expected) => {
    expect(linesOf(changes).join('\n')).toContain(expected);
  });
});
