import { describe, expect, it } from 'vitest';
import { stripeFailure } from '../../../../functions/connectors/stripe/failures.ts';

const nowMs = Date.parse('2026-11-20T08:00:00Z');

function failureOf(status: number, error: object | string = {}, headers: Record<string, string> = {}) {
  const body =
    typeof error === 'string' ? error : JSON.stringify({ error: { message: 'of ada@example.com', ...error } });
  return stripeFailure({ kind: 'response', status, headers, body }, 'stripe.update', nowMs);
}

describe('stripeFailure', () => {
  it.each([
    [400, { type: 'invalid_request_error', code: 'parameter_unknown' }, 'permanent', 'parameter_unknown'],
    [400, { type: 'idempotency_error' }, 'permanent', 'idempotency_error'],
    [401, { type: 'invalid_request_error' }, 'auth', 'invalid_request_error'],
    [402, { type: 'card_error', code: 'card_declined' }, 'permanent', 'card_declined'],
    [403, { type: 'invalid_request_error' }, 'auth', 'invalid_request_error'],
    [404, { code: 'resource_missing' }, 'permanent', 'resource_missing'],
    [409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }, 'transient', 'idempotency_key_in_use'],
    [424, {}, 'transient', 'http-424'],
    [429, { code: 'rate_limit' }, 'busy', 'rate_limit'],
    [429, { code: 'lock_timeout' }, 'busy', 'lock_timeout'],
    [500, { type: 'api_error' }, 'transient', 'api_error'],
    [502, '<html>Bad gateway</html>', 'transient', 'http-502'],
    [503, '', 'transient', 'http-503'],
  ] as const)('%d %j is %s', (status, error, kind, code) => {
    expect(failureOf(status, error)).toMatchObject({ kind, code, status, operation: 'stripe.update' });
  });

  it.each([
    [400, 'true', 'transient'],
    [409, 'false', 'permanent'],
    [429, 'true', 'busy'],
    [429, 'false', 'busy'],
    [401, 'true', 'auth'],
  ])('%d with Stripe-Should-Retry: %s is %s', (status, advice, kind) => {
    expect(failureOf(status, {}, { 'stripe-should-retry': advice }).kind).toBe(kind);
  });

  // Bug: a 500 with the advice not to retry was a dead letter at once, although the advice is about the same key.
  // Fix: what failed on Stripe's side is transient, whatever it advises.
  it.each([500, 503])('%d is transient even with the advice not to retry', (status) => {
    expect(failureOf(status, {}, { 'stripe-should-retry': 'false' }).kind).toBe('transient');
  });

  it('reads Retry-After, as seconds and as a date', () => {
    const seconds = failureOf(429, {}, { 'retry-after': '3' });
    const date = failureOf(429, {}, { 'retry-after': 'Fri, 20 Nov 2026 08:00:04 GMT' });

    expect([seconds.retryAfterMs, date.retryAfterMs]).toEqual([3_000, 4_000]);
  });

  it('keeps nothing of the message, nor of a code that is none', () => {
    const failure = failureOf(400, { code: 'no customer ada@example.com', type: 'also ada@example.com' });

    expect(failure).toEqual({ kind: 'permanent', code: 'http-400', operation: 'stripe.update', status: 400 });
    expect(JSON.stringify(failure)).not.toContain('ada');
  });
});
