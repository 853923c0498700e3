import { describe, expect, it } from 'vitest';
import { noResponseFailure, retryAfterMs, safeCode } from '../../../../functions/connectors/http/failures.ts';

const nowMs = Date.parse('2026-11-20T08:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Fri, 20 Nov 2026 08:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 08:00:00 GMT', 24 * 60 * 60_000],
  ])('reads %j', (header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });

  // Bug: `1.5` and `-1` were read as dates of 2001, so that the message came back at once, over and over.
  // Fix: what is neither whole seconds nor an HTTP date is as good as absent, and so is a wait of nothing.
  it.each([
    undefined,
    '',
    ' ',
    '0',
    '-1',
    '1.5',
    '7s',
    'soon',
    'Infinity',
    '2026-11-20',
    'Fri, 20 Nov 2026 07:59:59 GMT',
  ])('takes %j for none', (header) => {
    expect(retryAfterMs(header, nowMs)).toBeUndefined();
  });
});

describe('noResponseFailure', () => {
  it.each([
    ['timeout', { kind: 'transient', mayLand: false }],
    ['connection', { kind: 'transient', mayLand: false }],
    ['response-too-large', { kind: 'permanent' }],
    ['private-address', { kind: 'auth' }],
    ['out-of-time', { kind: 'busy', retryAfterMs: 0, unasked: true }],
  ] as const)('%s', (code, expected) => {
    expect(noResponseFailure({ kind: 'no-response', code }, 'stripe.read', false)).toEqual({
      ...expected,
      code,
      operation: 'stripe.read',
    });
  });

  it.each(['rate-limited', 'budget-spent'] as const)(
    '%s: nobody was asked, and the wait is the expected one',
    (code) => {
      const failure = noResponseFailure({ kind: 'no-response', code, retryAfterMs: 7_000 }, 'stripe.create', true);

      expect(failure).toEqual({ kind: 'busy', code, operation: 'stripe.create', retryAfterMs: 7_000, unasked: true });
    },
  );

  it('of a write says that it may still be done, where it was sent', () => {
    const failures = (['timeout', 'connection', 'response-too-large', 'out-of-time'] as const).map((code) =>
      noResponseFailure({ kind: 'no-response', code }, 'stripe.create', true),
    );

    expect(failures.map(({ mayLand }) => mayLand)).toEqual([true, true, undefined, undefined]);
  });
});

describe('safeCode', () => {
  it('keeps a code that looks like one', () => {
    const codes = ['UNABLE_TO_LOCK_ROW', 'rate_limit', 'http-503', 'a.b', 'x'.repeat(80)];

    expect(codes.map((code) => safeCode(code, 'other'))).toEqual(codes);
  });

  it.each(['', 'x'.repeat(81), 'ada@example.com', 'Ada Lovelace', 'a\nb', 42, null, undefined, {}])(
    'replaces %j, which could be anything',
    (code) => {
      expect(safeCode(code, 'http-400')).toBe('http-400');
    },
  );
});
