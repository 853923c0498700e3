import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../../functions/connectors/connector.ts';
import { statusFailure } from '../../../../functions/connectors/http/status-failure.ts';

const nowMs = Date.parse('2026-11-20T08:00:00Z');

function failureOf(status: number, headers: HttpResponse['headers'] = {}, body: unknown = '') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return statusFailure({ kind: 'response', status, headers, body: text }, 'warehouse.put', nowMs);
}
const problem = { 'content-type': 'application/problem+json; charset=utf-8' };

describe('a status', () => {
  it.each([
    ['transient', [408, 409, 424, 425, 500, 502, 503, 504, 507, 599]],
    ['busy', [423, 429]],
    ['auth', [401, 407]],
    [
      'permanent',
      [
        207, 301, 302, 307, 308, 400, 402, 403, 404, 405, 406, 410, 411, 412, 413, 415, 421, 422, 428, 431, 451, 501,
        505,
      ],
    ],
  ])('is %s: %j', (kind, statuses) => {
    expect(statuses.map((status) => [status, failureOf(status).kind])).toEqual(
      statuses.map((status) => [status, kind]),
    );
  });

  it('is the code where nothing better is told', () => {
    expect(failureOf(404)).toEqual({
      kind: 'permanent',
      code: 'http-404',
      operation: 'warehouse.put',
      status: 404,
      retryAfterMs: undefined,
    });
  });

  it.each([429, 503, 500])('carries how long to wait: %d', (status) => {
    const failures = [
      failureOf(status, { 'retry-after': '7' }),
      failureOf(status, { 'retry-after': 'Fri, 20 Nov 2026 08:00:30 GMT' }),
    ];

    expect(failures.map(({ retryAfterMs }) => retryAfterMs)).toEqual([7_000, 30_000]);
  });
});

describe('a 403', () => {
  it.each([
    'Bearer error="insufficient_scope", scope="orders:write"',
    'Bearer realm="x", error="invalid_token"',
    'Bearer error=insufficient_scope',
  ])('is auth where the token is to blame, whatever the event: %s', (header) => {
    expect(failureOf(403, { 'www-authenticate': header }).kind).toBe('auth');
  });

  it('is busy where it says when to come back', () => {
    expect(failureOf(403, { 'retry-after': '60' })).toMatchObject({ kind: 'busy', retryAfterMs: 60_000 });
  });

  it('is permanent otherwise: this record is not ours to write', () => {
    expect(failureOf(403, { 'www-authenticate': 'Bearer realm="x"' }).kind).toBe('permanent');
  });
});

describe('the code of problem details', () => {
  it.each([
    [{ code: 'OUT_OF_STOCK', type: 'https://example.com/probs/no-stock' }, 'OUT_OF_STOCK'],
    [{ type: 'https://example.com/probs/no-stock' }, 'no-stock'],
    [{ type: 'https://example.com/probs#no-stock' }, 'no-stock'],
    [{ type: 'urn:problem:no-stock' }, 'no-stock'],
    [{ type: 'about:blank', title: 'Not Found' }, 'http-422'],
    [{}, 'http-422'],
  ])('of %j is %s', (body, code) => {
    expect(failureOf(422, problem, body).code).toBe(code);
  });

  it.each([
    ['a sentence', { code: 'Ada Lovelace is unknown' }],
    ['an address', { code: 'ada@example.com' }],
    ['a long text', { code: 'x'.repeat(81) }],
    ['a number', { code: 42 }],
    ['a text in its type', { type: 'https://example.com/people/ada%20lovelace' }],
    ['no JSON', 'Ada'],
    ['a list', ['Ada']],
  ])('is none where it is %s: it could quote personal data', (_what, body) => {
    expect(failureOf(422, problem, body).code).toBe('http-422');
  });

  it('is not looked for in a body of another type', () => {
    const failures = [
      failureOf(422, { 'content-type': 'application/json' }, { code: 'Ada' }),
      failureOf(422, {}, { code: 'Ada' }),
    ];

    expect(failures.map(({ code }) => code)).toEqual(['http-422', 'http-422']);
  });
});
