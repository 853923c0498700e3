import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../../functions/connectors/connector.ts';
import { graphqlFailure, parseResponse } from '../../../../functions/connectors/graphql/failures.ts';

const nowMs = Date.parse('2026-11-20T08:00:00Z');

function failureOf(body: object, status = 200, headers: HttpResponse['headers'] = {}) {
  const response = { kind: 'response', status, headers, body: JSON.stringify(body) } as const;
  return graphqlFailure(response, parseResponse(response)!, 'catalog.put', nowMs);
}
const coded = (code: unknown) => ({ message: 'Zoë Quillfeather is unknown', extensions: { code } });

describe('the errors of a 200', () => {
  it.each([
    ['auth', ['UNAUTHENTICATED', 'UNAUTHORIZED', 'INSUFFICIENT_SCOPES', 'invalid-jwt']],
    ['busy', ['THROTTLED', 'RATE_LIMITED', 'RATE_LIMIT_EXCEEDED', 'TOO_MANY_REQUESTS']],
    ['transient', ['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'CONFLICT']],
    [
      'permanent',
      [
        'FORBIDDEN',
        'BAD_USER_INPUT',
        'GRAPHQL_VALIDATION_FAILED',
        'GRAPHQL_PARSE_FAILED',
        'NOT_FOUND',
        'access-denied',
      ],
    ],
  ])('are %s: %j, whether or not there is data', (kind, codes) => {
    const failures = codes.flatMap((code) => [
      failureOf({ errors: [coded(code)] }),
      failureOf({ errors: [coded(code)], data: null }),
      failureOf({ errors: [coded(code)], data: { other: { id: 'rec_1' } } }),
    ]);

    expect(failures.map((failure) => [failure.kind, failure.code])).toEqual(
      codes.flatMap((code) => Array(3).fill([kind, code])),
    );
  });

  it('are read from type, as GitHub writes them', () => {
    expect(failureOf({ data: null, errors: [{ type: 'RATE_LIMITED', message: 'x' }] })).toMatchObject({
      kind: 'busy',
      code: 'RATE_LIMITED',
    });
  });

  it.each([
    ['no data: refused before anything was done', { errors: [{ message: 'x' }] }, 'permanent'],
    ['data that is null: a resolver failed', { errors: [{ message: 'x' }], data: null }, 'transient'],
    ['some data: a resolver failed', { errors: [{ message: 'x' }], data: { a: null } }, 'transient'],
    ['a code of its own, and no data', { errors: [coded('ODD')] }, 'permanent'],
    ['a code of its own, and data', { errors: [coded('ODD')], data: null }, 'transient'],
  ])('without a known code mean by their data: %s', (_what, body, kind) => {
    expect(failureOf(body).kind).toBe(kind);
  });

  it.each([
    [['BAD_USER_INPUT', 'INTERNAL_SERVER_ERROR'], 'transient', 'INTERNAL_SERVER_ERROR'],
    [['BAD_USER_INPUT', 'THROTTLED', 'INTERNAL_SERVER_ERROR'], 'busy', 'THROTTLED'],
    [['BAD_USER_INPUT', 'THROTTLED', 'UNAUTHENTICATED'], 'auth', 'UNAUTHENTICATED'],
    [['FORBIDDEN', 'BAD_USER_INPUT'], 'permanent', 'FORBIDDEN'],
  ])('of several, what may pass decides: %j', (codes, kind, code) => {
    expect(failureOf({ errors: codes.map(coded), data: null })).toMatchObject({ kind, code });
  });

  it('tell how long to wait in the header', () => {
    expect(failureOf({ errors: [coded('THROTTLED')] }, 200, { 'retry-after': '9' }).retryAfterMs).toBe(9_000);
  });

  it.each([
    ['a sentence', 'Ada Lovelace'],
    ['a number', 42],
    ['nothing', undefined],
    ['an object', {}],
  ])('quote nothing: a code that is %s is replaced, and messages are never kept', (_what, code) => {
    const failure = failureOf({ errors: [coded(code)], data: null });

    expect(failure.code).toBe('graphql-error');
    expect(JSON.stringify(failure)).not.toMatch(/Quillfeather|Lovelace/);
  });
});

describe('the errors of another status', () => {
  it.each([
    [400, 'permanent'],
    [401, 'auth'],
    [429, 'busy'],
    [500, 'transient'],
    [503, 'transient'],
  ])('mean what %d says, unless their code says more', (status, kind) => {
    const failures = [failureOf({ errors: [{}] }, status), failureOf({ errors: [coded('THROTTLED')] }, status)];

    expect(failures).toMatchObject([
      { kind, status },
      { kind: 'busy', status },
    ]);
  });
});

describe('a body', () => {
  it.each(['', 'no JSON', '[]', '{}', '{"errors":[]}', '{"errors":"x"}', '{"message":"Not Found"}'])(
    'that is no GraphQL response: %j',
    (body) => {
      expect(parseResponse({ kind: 'response', status: 200, headers: {}, body })).toBeUndefined();
    },
  );
});
