import { describe, expect, test } from 'vitest';
import type { History } from '../../../functions/contract/delivery.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import { type Case, judged, startMs, waitOf } from './support/judged.ts';

const [minuteMs, hourMs] = [60_000, 3_600_000] as const;

describe('poison', () => {
  /** An hour after its first attempt, others having succeeded at its last two; the present one is the third. */
  const ripe: Case = {
    history: { attempts: 12, firstAttemptMs: startMs - hourMs, othersSucceeded: [true, true] },
    at: { othersSucceed: true },
  };

  test('is what failed for an hour while others succeeded at its last three attempts', () => {
    expect(judged(ripe)).toMatchObject({ action: 'park', reason: 'attempts', history: { attempts: 13 } });
  });

  test.each<[string, Partial<History>, boolean | undefined]>([
    ['a millisecond less than an hour has passed', { firstAttemptMs: startMs - hourMs + 1 }, true],
    ['others failed now', {}, false],
    ['nobody else used the operation', {}, undefined],
    ['others failed at the attempt before', { othersSucceeded: [true, false] }, true],
    ['others failed at the one before that', { othersSucceeded: [false, true] }, true],
    ['it is only the second attempt', { attempts: 1, othersSucceeded: [true] }, true],
    ['it is the first attempt', { attempts: 0, firstAttemptMs: undefined, othersSucceeded: [] }, true],
  ])('is not parked when %s', (_why, history, othersSucceed) => {
    const verdict = judged({ history: { ...ripe.history, ...history }, at: { othersSucceed } });

    expect(verdict.action).toBe('hand-back');
  });

  test('is parked when it was long ago that others failed', () => {
    const history = { ...ripe.history, othersSucceeded: [false, true, true] };

    expect(judged({ ...ripe, history }).action).toBe('park');
  });

  test('waits for its hour however often it fails, and is then parked at whatever attempt', () => {
    const young = { attempts: 1_000, firstAttemptMs: startMs - hourMs + 1, othersSucceeded: [true, true, true] };

    const verdicts = [startMs, startMs + 1].map((nowMs) =>
      judged({ history: young, at: { nowMs, othersSucceed: true } }),
    );

    expect(verdicts.map(({ action }) => action)).toEqual(['hand-back', 'park']);
  });

  test('has the hour of its policies', () => {
    const policies = resolvePolicies({ retry: { poisonAfterMs: 2 * hourMs } });

    expect(judged({ ...ripe, policies }).action).toBe('hand-back');
  });
});

describe("the textbook's policy, at-once", () => {
  const policies = resolvePolicies({ retry: { giveUp: 'at-once', maxMs: minuteMs } });

  test.each([
    [3, 'hand-back'],
    [4, 'park'],
    [40, 'park'],
  ] as const)('after %i failed attempts: %s', (attempts, action) => {
    expect(judged({ history: { attempts }, policies }).action).toBe(action);
  });

  test('asks neither for the hour nor for others', () => {
    const history = { attempts: 4, firstAttemptMs: startMs - 1, othersSucceeded: [false, false, false] };

    expect(judged({ history, policies, at: { othersSucceed: false } })).toMatchObject({
      action: 'park',
      reason: 'attempts',
      history: { attempts: 5 },
    });
  });
});

describe('a call that may still be carried out', () => {
  test('makes its key wait until it can not land any more', () => {
    const waits = [0, 5, 6, 7].map((attempts) => waitOf(judged({ failure: { mayLand: true }, history: { attempts } })));

    expect(waits).toEqual([60, 60, 64, 128]);
  });

  test('is waited for as long as the policies say, longer where the system asks for it', () => {
    const policies = resolvePolicies({ unknown: { landsWithinMs: 5_000 } });

    const waits = [undefined, 9_000].map((retryAfterMs) =>
      waitOf(judged({ failure: { mayLand: true, retryAfterMs }, policies })),
    );

    expect(waits).toEqual([5, 9]);
  });

  test.each(['at-once', 'poison'] as const)('puts off the parking, and not the decision (%s)', (giveUp) => {
    const policies = resolvePolicies({ retry: { giveUp } });
    const history = { attempts: 4, firstAttemptMs: startMs - hourMs, othersSucceeded: [true, true] };

    const verdict = judged({
      failure: { mayLand: true, code: 'timeout' },
      history,
      at: { othersSucceed: true },
      policies,
    });

    expect(verdict).toMatchObject({ action: 'hand-back', waitMs: minuteMs, attempt: true });
    expect(verdict.history.parkAs).toEqual({
      reason: 'attempts: 5 calls failed',
      category: 'transient',
      code: 'timeout',
    });
  });

  test('decides nothing while it is not spent', () => {
    expect(judged({ failure: { mayLand: true } }).history.parkAs).toBeUndefined();
  });
});
