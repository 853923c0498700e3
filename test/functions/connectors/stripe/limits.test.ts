import { expect, it } from 'vitest';
import { readStripeLimits } from '../../../../functions/connectors/stripe/limits.ts';

const error = (code: string) =>
  JSON.stringify({ error: { type: 'invalid_request_error', code, message: 'Slow down.' } });

it.each([
  ['a rate limit', 429, error('rate_limit'), { refused: 'rate' }],
  ['a 429 whose body says nothing', 429, '', { refused: 'rate' }],
  ['an object that another call holds: others may be asked for', 429, error('lock_timeout'), {}],
  ['a conflict', 409, error('idempotency_key_in_use'), {}],
  ['an outage', 503, error('rate_limit'), {}],
  ['a success', 200, '{}', {}],
])('Stripe: %s', (_what, status, body, signals) => {
  expect(readStripeLimits({ kind: 'response', status, headers: {}, body })).toEqual(signals);
});
