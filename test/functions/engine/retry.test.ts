import { describe, expect, test } from 'vitest';
import type { Tally } from '../../../functions/contract/delivery.ts';
import type { Failure } from '../../../functions/engine/outcome.ts';
import { judge } from '../../../functions/engine/retry.ts';
import { defaultPolicies, resolvePolicies } from '../../../functions/specification/policies.ts';

function failure(kind: Failure['kind'], changes: Partial<Failure> = {}): Failure {
  return { kind, code: 'some-code', operation: 'salesforce.upsert', ...changes };
}

const tally = (changes: Partial<Tally> = {}): Tally => ({ attempts: 1, deferrals: 1, ...changes });
const middle = () => 0.5;

describe('a transient failure', () => {
  test.each([
    { attempts: 1, waits: [1, 1, 1] },
    { attempts: 2, waits: [1, 2, 3] },
    { attempts: 3, waits: [3, 4, 5] },
    { attempts: 4, waits: [6, 8, 10] },
  ])('at attempt $attempts waits $waits s, as the dice fall lowest, in the middle, highest', ({ attempts, waits }) => {
    const dice = [0, 0.5, 1];

    const verdicts = dice.map((roll) => judge(failure('transient'), tally({ attempts }), defaultPolicies, () => roll));

    expect(verdicts).toEqual(waits.map((waitSeconds) => ({ action: 'hand-back', waitSeconds, attempt: true })));
  });

  test.each([5, 6, 100])('at attempt %i becomes a dead letter', (attempts) => {
    const verdict = judge(failure('transient', { retryAfterMs: 60_000 }), tally({ attempts }), defaultPolicies, middle);

    expect(verdict).toEqual({ action: 'dead-letter', reason: 'attempts' });
  });

  test.each([
    { title: 'a longer wait that was asked for wins', retryAfterMs: 17_000, waitSeconds: 17 },
    { title: 'a shorter one does not', retryAfterMs: 2_000, waitSeconds: 4 },
    { title: 'and is never cut short', retryAfterMs: 17_001, waitSeconds: 18 },
  ])('$title', ({ retryAfterMs, waitSeconds }) => {
    const verdict = judge(failure('transient', { retryAfterMs }), tally({ attempts: 3 }), defaultPolicies, middle);

    expect(verdict).toMatchObject({ waitSeconds });
  });

  test('follows the numbers of its own policies', () => {
    const policies = resolvePolicies({ retry: { attempts: 8, baseMs: 3_000, jitter: 0 } });

    const verdicts = [1, 7, 8].map((attempts) => judge(failure('transient'), tally({ attempts }), policies, middle));

    expect(verdicts).toEqual([
      { action: 'hand-back', waitSeconds: 3, attempt: true },
      { action: 'hand-back', waitSeconds: 192, attempt: true },
      { action: 'dead-letter', reason: 'attempts' },
    ]);
  });

  test('waits at least a second, so that the queue is no busy loop', () => {
    const policies = resolvePolicies({ retry: { baseMs: 1 } });

    const verdict = judge(failure('transient'), tally(), policies, () => 0);

    expect(verdict).toMatchObject({ waitSeconds: 1 });
  });
});

describe('a busy destination', () => {
  test('is left alone for 1 s, doubling to 60 s, and no attempt is counted', () => {
    const deferrals = [1, 2, 3, 4, 5, 6, 7, 8, 1000];

    const verdicts = deferrals.map((nth) => judge(failure('busy'), tally({ deferrals: nth }), defaultPolicies, middle));

    const waits = [1, 2, 4, 8, 16, 32, 60, 60, 60];
    expect(verdicts).toEqual(waits.map((waitSeconds) => ({ action: 'hand-back', waitSeconds, attempt: false })));
  });

  test.each([
    { retryAfterMs: 5_000, waitSeconds: 5 },
    { retryAfterMs: 5_001, waitSeconds: 6 },
    { retryAfterMs: 600_000, waitSeconds: 600 },
  ])(
    'that asks for $retryAfterMs ms gets $waitSeconds s, however often it was busy',
    ({ retryAfterMs, waitSeconds }) => {
      const counts = [1, 10];

      const verdicts = counts.map((deferrals) =>
        judge(failure('busy', { retryAfterMs }), tally({ deferrals }), defaultPolicies, middle),
      );

      expect(verdicts).toEqual(counts.map(() => ({ action: 'hand-back', waitSeconds, attempt: false })));
    },
  );

  test('never becomes a dead letter', () => {
    const tired = tally({ attempts: 100, deferrals: 900 });

    const verdict = judge(failure('busy'), tired, defaultPolicies, middle);

    expect(verdict).toEqual({ action: 'hand-back', waitSeconds: 60, attempt: false });
  });
});

describe('refused credentials', () => {
  test('hand the event back for 30 s, whatever was counted, and count nothing', () => {
    const tallies = [tally(), tally({ attempts: 100, deferrals: 900 })];

    const verdicts = tallies.map((counted) => judge(failure('auth'), counted, defaultPolicies, middle));

    expect(verdicts).toEqual(tallies.map(() => ({ action: 'hand-back', waitSeconds: 30, attempt: false })));
  });
});

describe('a permanent failure', () => {
  test('makes a dead letter at once', () => {
    const verdict = judge(failure('permanent', { retryAfterMs: 1_000 }), tally(), defaultPolicies, middle);

    expect(verdict).toEqual({ action: 'dead-letter', reason: 'permanent' });
  });
});

test.each(['transient', 'busy'] as const)(
  'no wait after a %s failure is longer than SQS can hide a message',
  (kind) => {
    const received = 60;
    const asked = failure(kind, { retryAfterMs: 7 * 24 * 60 * 60 * 1000 });

    const verdict = judge(asked, tally(), defaultPolicies, middle);

    // SQS counts from the receive: 12 h on top of what has passed since is refused.
    expect(verdict.action === 'hand-back' && verdict.waitSeconds + received).toBeLessThan(12 * 60 * 60);
  },
);
