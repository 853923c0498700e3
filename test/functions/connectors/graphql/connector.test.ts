import { describe, expect, it } from 'vitest';
import { anOrder, appending, graphqlAt, graphqlWriting, order, simulatedGraphql } from '../support/plain.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall } from '../support/systems.ts';

const all = 'query { records { id total address { city } } }';
const answering = (body: unknown, status = 200) => stubServer({ status, body: JSON.stringify(body) });

describe('read', () => {
  it('answers the fields that the mapping declares, out of the root field', async () => {
    const { url } = await simulatedGraphql();
    await graphqlAt(url).write(anOrder({ fields: { total: '12.50', 'address.city': 'Bath' } }), aCall());

    const found = await graphqlAt(url).read(order, 'ord_1', aCall());

    expect(found).toEqual({
      kind: 'success',
      value: { id: 'ord_1', fields: { total: '12.50', paid: null, 'address.city': 'Bath' } },
    });
  });

  it('answers nothing where the root field is null', async () => {
    const { url } = await simulatedGraphql();

    const found = await graphqlAt(url).read(order, 'ord_9', aCall());

    expect(found).toEqual({ kind: 'success', value: undefined });
  });
});

describe('a write', () => {
  it('puts under the id of the source record, and twice is once', async () => {
    const { url, ask } = await simulatedGraphql();

    const outcomes = [await graphqlAt(url).write(anOrder(), aCall()), await graphqlAt(url).write(anOrder(), aCall())];

    expect(outcomes).toEqual(Array(2).fill({ kind: 'success', value: { id: 'ord_1', created: false } }));
    expect((await ask(all)).body.data.records).toEqual([{ id: 'ord_1', total: '12.50', address: null }]);
  });

  it('appends under the key of the event, and once where the answer was lost', async () => {
    const { url, ask, fault } = await simulatedGraphql();
    await fault({ fault: 'lost-response', operation: 'create', times: 1 });

    const outcomes = [
      await graphqlAt(url, appending).write(anOrder(), aCall()),
      await graphqlAt(url, appending).write(anOrder(), aCall()),
      await graphqlAt(url, appending).write(anOrder({ eventKey: 'event-2' }), aCall()),
    ];

    const { records } = (await ask(all)).body.data;
    expect(records).toHaveLength(2);
    expect(outcomes).toMatchObject([
      { kind: 'transient', mayLand: true },
      { kind: 'success', value: { id: records[0].id, created: true } },
      { kind: 'success', value: { id: records[1].id, created: true } },
    ]);
  });

  it('sends the variables that the document declares, and no other', async () => {
    const server = await answering({ data: { saveOrder: { id: 'ord_1' } } });
    const write = 'mutation ($input: OrderInput!, $id: ID!) { saveOrder(id: $id, input: $input) { id } }';

    await graphqlAt(server.url, graphqlWriting(write)).write(anOrder(), aCall());

    const [{ method, headers, body } = { method: '', headers: {}, body: '' }] = server.requests;
    expect(JSON.parse(body)).toEqual({ query: write, variables: { id: 'ord_1', input: { total: '12.50' } } });
    expect(method).toBe('POST');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
    });
  });

  it.each([
    ['null', { data: { saveOrder: null } }, 'null-result'],
    ['false', { data: { saveOrder: false } }, 'null-result'],
    ['errors of the schema', { data: { saveOrder: { userErrors: [{ code: 'TAKEN', message: 'x' }] } } }, 'TAKEN'],
    ['errors without a code', { data: { saveOrder: { id: null, errors: [{ message: 'Ada' }] } } }, 'user-error'],
  ])('that answers %s in a 200 has written nothing', async (_what, body, code) => {
    const server = await answering(body);

    const outcome = await graphqlAt(server.url).write(anOrder(), aCall());

    expect(outcome).toEqual({ kind: 'permanent', code, operation: 'catalog.put', status: 200 });
  });

  it('with an empty list of such errors has', async () => {
    const server = await answering({ data: { saveOrder: { id: 'ord_7', userErrors: [] } } });

    const outcome = await graphqlAt(server.url).write(anOrder(), aCall());

    expect(outcome).toEqual({ kind: 'success', value: { id: 'ord_7', created: false } });
  });
});

describe('a link', () => {
  it('changes the one field, and fails like any write', async () => {
    const server = await answering({ data: { saveOrder: { id: 'ord_1' } } });
    const refusing = await answering({ data: { saveOrder: null } });

    const outcomes = [server, refusing].map(({ url }) => graphqlAt(url).link(order, 'ord_1', 'crmId', '001', aCall()));

    expect(await Promise.all(outcomes)).toMatchObject([
      { kind: 'success' },
      { kind: 'permanent', code: 'null-result' },
    ]);
    expect(JSON.parse(server.requests[0]!.body).variables).toEqual({ id: 'ord_1', input: { crmId: '001' } });
  });
});

describe('an answer', () => {
  it.each([
    ['partial data beside errors', { data: { record: { id: 'ord_1', total: '1' } }, errors: [{ message: 'x' }] }],
    ['no root field', { data: {} }],
    ['no GraphQL', { message: 'welcome' }],
  ])('with %s in a 200 is a failure of the whole', async (_what, body) => {
    const server = await answering(body);

    const outcome = await graphqlAt(server.url).read(order, 'ord_1', aCall());

    expect(outcome).toMatchObject({ kind: 'transient', operation: 'catalog.read', status: 200 });
  });

  it.each([
    [502, 'transient'],
    [401, 'auth'],
    [404, 'permanent'],
    [302, 'permanent'],
  ])('of somebody in between means what its status says: %d', async (status, kind) => {
    const server = await stubServer({ status, body: '<html>Bad Gateway</html>' });

    const outcome = await graphqlAt(server.url).read(order, 'ord_1', aCall());

    expect(outcome).toMatchObject({ kind, code: `http-${status}` });
  });
});

describe('the simulated API, when it fails', () => {
  it.each([
    [{ fault: 'down' }, { kind: 'transient', code: 'INTERNAL_SERVER_ERROR', status: 200 }],
    [
      { fault: 'throttle', retryAfter: 7 },
      { kind: 'busy', code: 'THROTTLED', retryAfterMs: 7_000 },
    ],
    [{ fault: 'row-lock' }, { kind: 'transient', code: 'CONFLICT' }],
    [{ fault: 'revoked' }, { kind: 'auth', code: 'UNAUTHENTICATED' }],
    [{ fault: 'reset' }, { kind: 'transient', code: 'connection', mayLand: true }],
  ])('%j', async (fault, expected) => {
    const { url, ask, fault: inject } = await simulatedGraphql();
    await inject({ ...fault, operation: 'upsert' });

    const outcome = await graphqlAt(url).write(anOrder(), aCall());

    expect(outcome).toMatchObject(expected);
    expect((await ask(all)).body.data.records).toEqual([]);
  });

  it('a text that it does not take is permanent', async () => {
    const { url } = await simulatedGraphql();

    const outcome = await graphqlAt(url).write(anOrder({ fields: { total: 'x'.repeat(1_001) } }), aCall());

    expect(outcome).toMatchObject({ kind: 'permanent', code: 'BAD_USER_INPUT', status: 200 });
  });
});

describe('a probe', () => {
  it('asks for what every API has, behind the same sign-in', async () => {
    const { url, fault } = await simulatedGraphql();
    const before = await graphqlAt(url).probe(aCall());
    await fault({ fault: 'revoked' });

    const after = await graphqlAt(url).probe(aCall());

    expect([before, after]).toMatchObject([
      { kind: 'success', value: 'Query' },
      { kind: 'auth', operation: 'catalog.probe' },
    ]);
  });
});
