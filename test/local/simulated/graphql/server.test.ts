import { describe, expect, it, onTestFinished } from 'vitest';
import { GraphqlSyntaxError, parseDocument } from '../../../../local/simulated/graphql/document.ts';
import { startSimulatedGraphql } from '../../../../local/simulated/graphql/server.ts';
import { call, postFault } from '../support.ts';

const token = 't0ken';
const put = 'mutation Put($id: ID!, $input: RecordInput!) { putRecord(id: $id, input: $input) { id total } }';
const append = 'mutation ($key: String!, $input: RecordInput!) { appendRecord(key: $key, input: $input) { id } }';
const all = '{ records { id total } }';

async function anApi() {
  const { url, stop } = await startSimulatedGraphql({ token });
  onTestFinished(stop);
  const ask = (query: string, variables: object = {}, authorization = `Bearer ${token}`) =>
    call(url, '/graphql', { method: 'POST', headers: { authorization }, body: JSON.stringify({ query, variables }) });
  return { url, ask };
}

describe('documents', () => {
  it('put, append and read records, and answer what was asked for and no more', async () => {
    const { ask } = await anApi();

    const answers = [
      await ask(put, { id: 'a', input: { total: 1, other: 2 } }),
      await ask(append, { key: 'k', input: { total: 2 } }),
      await ask(append, { key: 'k', input: { total: 2 } }),
      await ask('query ($id: ID!) { record(id: $id) { total } }', { id: 'a' }),
      await ask('query ($id: ID!) { record(id: $id) { total } }', { id: 'b' }),
      await ask(all),
      await ask('query { __typename }'),
    ];

    const { id } = answers[1]!.body.data.appendRecord;
    expect(answers.map(({ body }) => body.data)).toEqual([
      { putRecord: { id: 'a', total: 1 } },
      { appendRecord: { id } },
      { appendRecord: { id } },
      { record: { total: 1 } },
      { record: null },
      {
        records: [
          { id: 'a', total: 1 },
          { id, total: 2 },
        ],
      },
      { __typename: 'Query' },
    ]);
  });

  it.each([
    [
      'query Q($id: ID!, $ids: [ID!]!, $n: Int) { a(id: $id, n: $n) { b, c { d } } } # end',
      { kind: 'query', variables: ['id!', 'ids!', 'n'] },
    ],
    ['{a}', { kind: 'query', variables: [] }],
    ['mutation{a{b}}', { kind: 'mutation' }],
  ])('are parsed: %s', (text, expected) => {
    expect(parseDocument(text)).toMatchObject(expected);
  });

  it.each([
    '',
    'query',
    'query {',
    'query { }',
    'query { a(id: 7) }',
    'subscription { a }',
    '{ a } { b }',
    '{ a: b }',
    '{ "a" }',
    'fragment F on T { a }',
  ])('are refused: %j', (text) => {
    expect(() => parseDocument(text)).toThrow(GraphqlSyntaxError);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['no token', all, {}, 'Bearer other', 'UNAUTHENTICATED', undefined],
    ['no document', 'query {', {}, undefined, 'GRAPHQL_PARSE_FAILED', undefined],
    ['no such field', '{ orders { id } }', {}, undefined, 'GRAPHQL_VALIDATION_FAILED', undefined],
    ['two fields', '{ records { id } __typename }', {}, undefined, 'GRAPHQL_VALIDATION_FAILED', undefined],
    ['no variable', put, { input: {} }, undefined, 'BAD_USER_INPUT', undefined],
    [
      'a long text',
      put,
      { id: 'a', input: { note: 'x'.repeat(1_001) } },
      undefined,
      'BAD_USER_INPUT',
      { putRecord: null },
    ],
  ])('is told in a 200: %s', async (_what, query, variables, authorization, code, data) => {
    const { ask } = await anApi();

    const { status, body } = await ask(query, variables, authorization);

    expect(status).toBe(200);
    expect(body).toEqual({ errors: [{ message: expect.any(String), extensions: { code } }], ...(data && { data }) });
  });

  it('is a key that was used for something else', async () => {
    const { ask } = await anApi();
    await ask(append, { key: 'k', input: { total: 1 } });

    const { body } = await ask(append, { key: 'k', input: { total: 2 } });

    expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }], data: null });
  });

  it.each([
    [{ fault: 'down', operation: 'upsert' }, 'INTERNAL_SERVER_ERROR'],
    [{ fault: 'throttle', record: 'ord_1' }, 'THROTTLED'],
    [{ fault: 'row-lock', record: 'a text' }, 'CONFLICT'],
    [{ fault: 'revoked', operation: 'upsert' }, 'UNAUTHENTICATED'],
  ])('is a fault, for the calls that it is about: %j', async (fault, code) => {
    const { url, ask } = await anApi();
    await postFault(url, fault);

    const { status, body } = await ask(put, { id: 'ord_1', input: { note: 'a text' } });
    const read = await ask(all);

    expect(status).toBe(200);
    expect(body.errors).toMatchObject([{ extensions: { code } }]);
    expect(read.body).toEqual({ data: { records: [] } });
  });

  it('is another method', async () => {
    const { url } = await anApi();

    expect((await call(url, '/graphql?query={records}')).status).toBe(405);
  });
});
