import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { waitSeconds } from '../../../functions/engine/retry.ts';
import { defaultPolicies, resolvePolicies } from '../../../functions/specification/policies.ts';

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

describe('the wait of a hand-back', () => {
  test.each([
    { age: 0, waitMs: 0, seconds: 0 },
    { age: 0, waitMs: 1, seconds: 1 },
    { age: 0, waitMs: 17_001, seconds: 18 },
    { age: 40 * secondMs, waitMs: 0, seconds: 1 },
    { age: 5 * minuteMs, waitMs: 1_000, seconds: 8 },
    { age: 5 * minuteMs, waitMs: 30_000, seconds: 30 },
    { age: hourMs, waitMs: 1_000, seconds: 90 },
    { age: 20 * hourMs, waitMs: 1_000, seconds: 1800 },
    { age: 11 * dayMs, waitMs: 1_000, seconds: 1800 },
    { age: 11 * dayMs, waitMs: 39 * minuteMs, seconds: 2340 },
    { age: -5_000, waitMs: 0, seconds: 0 },
    { age: dayMs, waitMs: 7 * dayMs, seconds: 12 * 3600 - 300 },
  ])('of $waitMs ms at an age of $age ms is $seconds s', ({ age, waitMs, seconds }) => {
    expect(waitSeconds(waitMs, age, defaultPolicies)).toBe(seconds);
  });

  test('follows the share and the longest wait of the policies', () => {
    const policies = resolvePolicies({ age: { share: 0.5, maxWaitMs: 20_000 } });

    expect([10, 40, 400].map((seconds) => waitSeconds(0, seconds * secondMs, policies))).toEqual([5, 20, 20]);
  });

  test('is in whole seconds, no shorter than asked for and than 1/40 of the age, and never more than SQS can hide', () => {
    const upToDays = (days: number) => fc.integer({ min: 0, max: days * dayMs });

    fc.assert(
      fc.property(upToDays(1), upToDays(13), (waitMs, ageMs) => {
        const seconds = waitSeconds(waitMs, ageMs, defaultPolicies);

        expect(Number.isInteger(seconds)).toBe(true);
        // SQS counts from the receive: 12 h on top of what has passed since is refused.
        expect(seconds).toBeLessThanOrEqual(12 * 3600 - 300);
        expect(seconds).toBeGreaterThanOrEqual(Math.min(waitMs / 1000, 12 * 3600 - 300));
        expect(seconds).toBeGreaterThanOrEqual(Math.min(1800, ageMs / 40_000));
      }),
    );
  });

  test('keeps a message that never finds its system below 1000 receives until its twelfth day', () => {
    let [receives, ageMs] = [0, 0];
    while (ageMs < defaultPolicies.age.parkMs) {
      receives += 1;
      // The least that any failure waits for, and a call that failed at once.
      ageMs += Math.max(1, waitSeconds(1_000, ageMs, defaultPolicies)) * secondMs;
    }

    expect(receives).toBeLessThan(1000);
    expect(ageMs).toBeLessThan(13 * dayMs);
  });
});
