import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noHistory } from '../../../functions/contract/delivery.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import { judged, startMs, waitOf } from './support/judged.ts';

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

describe('a transient failure', () => {
  test.each([
    { attempts: 0, waits: [1, 1, 1] },
    { attempts: 1, waits: [1, 2, 3] },
    { attempts: 2, waits: [3, 4, 5] },
    { attempts: 3, waits: [6, 8, 10] },
    { attempts: 9, waits: [358, 512, 666] },
    { attempts: 10, waits: [717, 1024, 1331] },
    { attempts: 11, waits: [1260, 1800, 2340] },
    { attempts: 500, waits: [1260, 1800, 2340] },
  ])(
    'after $attempts others waits $waits s, as the dice fall lowest, in the middle, highest',
    ({ attempts, waits }) => {
      const verdicts = [0, 0.5, 1].map((roll) => judged({ history: { attempts }, roll }));

      expect(verdicts.map(waitOf)).toEqual(waits);
    },
  );

  test('is an attempt: counted, dated by its beginning, and it ends a row of deferrals', () => {
    const failure = { beganMs: startMs - 10 * secondMs };

    const verdict = judged({ failure, history: { deferrals: 7, explained: 3 }, at: { othersSucceed: true } });

    expect(verdict).toMatchObject({
      action: 'hand-back',
      attempt: true,
      history: {
        attempts: 1,
        deferrals: 0,
        firstAttemptMs: startMs - 10 * secondMs,
        othersSucceeded: [true],
        explained: 3,
      },
    });
  });

  test('leaves the first attempt where it was, and looks at three for the success of others', () => {
    const history = { attempts: 3, firstAttemptMs: 5, othersSucceeded: [true, false, true] };

    const verdicts = [true, false, undefined].map((othersSucceed) => judged({ history, at: { othersSucceed } }));

    expect(verdicts.map((verdict) => verdict.history.firstAttemptMs)).toEqual([5, 5, 5]);
    expect(verdicts.map((verdict) => verdict.history.othersSucceeded)).toEqual([
      [false, true, true],
      [false, true, false],
      [false, true, false],
    ]);
  });

  test.each([
    { title: 'a longer wait that was asked for wins', retryAfterMs: 17_000, wait: 17 },
    { title: 'a shorter one does not', retryAfterMs: 2_000, wait: 4 },
    { title: 'and it may be longer than the longest of ours', retryAfterMs: 2 * hourMs, wait: 7200 },
  ])('$title', ({ retryAfterMs, wait }) => {
    const verdict = judged({ failure: { retryAfterMs }, history: { attempts: 2 } });

    expect(waitOf(verdict)).toBe(wait);
  });

  test('waits at least a second, so that the queue is no busy loop', () => {
    const policies = resolvePolicies({ retry: { baseMs: 1 } });

    expect(waitOf(judged({ policies, roll: 0 }))).toBe(1);
  });

  test('follows the numbers of its own policies', () => {
    const policies = resolvePolicies({ retry: { baseMs: 3_000, maxMs: 100_000, jitter: 0 } });

    const waits = [0, 1, 5, 6].map((attempts) => waitOf(judged({ history: { attempts }, policies })));

    expect(waits).toEqual([3, 6, 96, 100]);
  });
});

describe('a busy destination', () => {
  test('is left alone for 1 s, doubling to 60 s, and no attempt is counted', () => {
    const verdicts = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((deferrals) =>
      judged({ failure: { kind: 'busy' }, history: { deferrals, attempts: 2 } }),
    );

    expect(verdicts.map(waitOf)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(verdicts[3]).toMatchObject({
      attempt: false,
      history: { deferrals: 4, attempts: 2, firstAttemptMs: undefined },
    });
  });

  test.each([5_000, 5_001, 600_000, 0])('that asks for %i ms gets them, however often it was busy', (retryAfterMs) => {
    const verdicts = [0, 10].map((deferrals) =>
      judged({ failure: { kind: 'busy', retryAfterMs }, history: { deferrals } }),
    );

    expect(verdicts.map(waitOf)).toEqual([retryAfterMs / 1000, retryAfterMs / 1000]);
  });
});

describe('refused credentials', () => {
  test('hand the event back for 30 s, longer where the system asks for it, and count no attempt', () => {
    const verdicts = [undefined, 1_000, 45_000].map((retryAfterMs) =>
      judged({ failure: { kind: 'auth', retryAfterMs }, history: { attempts: 100, deferrals: 900 } }),
    );

    expect(verdicts.map(waitOf)).toEqual([30, 30, 45]);
    expect(verdicts.map(({ history }) => history.attempts)).toEqual([100, 100, 100]);
    expect(verdicts.map((verdict) => verdict.action === 'hand-back' && verdict.attempt)).toEqual([false, false, false]);
  });
});

test('a permanent failure is parked at once', () => {
  const verdict = judged({ failure: { kind: 'permanent', retryAfterMs: 1_000 }, history: { attempts: 3 } });

  expect(verdict).toMatchObject({ action: 'park', reason: 'permanent', history: { attempts: 3 } });
});

test('busy and auth never park, however long they last', () => {
  const spent = { attempts: 100, deferrals: 900, firstAttemptMs: 0, othersSucceeded: [true, true, true] };

  const verdicts = (['busy', 'auth'] as const).map((kind) =>
    judged({ failure: { kind }, history: spent, at: { othersSucceed: true } }),
  );

  expect(verdicts.map(({ action }) => action)).toEqual(['hand-back', 'hand-back']);
});

test('whatever fails in whatever way: the wait is whole seconds or what was asked, history only grows', () => {
  const failures = fc.record({
    kind: fc.constantFrom('transient' as const, 'busy' as const, 'auth' as const),
    mayLand: fc.boolean(),
    retryAfterMs: fc.option(fc.nat(dayMs), { nil: undefined }),
  });

  fc.assert(
    fc.property(fc.array(failures, { maxLength: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (sequence, roll) => {
      let history = noHistory;
      for (const failure of sequence) {
        const verdict = judged({ failure, history, roll });
        if (verdict.action === 'park') throw new Error('nobody else succeeded');
        const { attempts, othersSucceeded } = verdict.history;
        expect(attempts).toBe(history.attempts + (failure.kind === 'transient' ? 1 : 0));
        expect(othersSucceeded.length).toBe(Math.min(3, attempts));
        expect(verdict.waitMs).toBeGreaterThanOrEqual(failure.retryAfterMs ?? 0);
        if (failure.kind === 'transient' && failure.mayLand) expect(verdict.waitMs).toBeGreaterThanOrEqual(minuteMs);
        history = verdict.history;
      }
    }),
  );
});
