import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../functions/contract/limits.ts';
import { checkLimits } from '../../../functions/specification/validate-limits.ts';

/** What is said of limits, a line a problem. */
function linesOf(limits: Limits): string[] {
  const lines: string[] = [];
  checkLimits('limits', limits, (path, problem, remedy) => lines.push(`${path} ${problem}. ${remedy}`));
  return lines;
}
const perSecond = (rate: number, burst: number) => linesOf({ perSecond: { rate, burst } });

describe('limits', () => {
  it.each([
    [{}],
    [{ perSecond: { rate: 1, burst: 2 } }],
    [{ perSecond: { rate: 25, burst: 21 } }],
    [{ perSecond: { rate: 10_000, burst: 20_000 }, perDay: { calls: 1 } }],
    [{ perDay: { calls: 1_000_000_000 } }],
  ])('may be %j', (limits) => {
    expect(linesOf(limits)).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN, 1_000_000_001])('may not be %d calls a day', (calls) => {
    expect(linesOf({ perDay: { calls } })).toEqual([
      `limits.perDay.calls is ${calls}. Use a whole number from 1 to 1000000000.`,
    ]);
  });

  it.each([0, 2.5, 10_001])('may not be a rate of %d a second', (rate) => {
    expect(perSecond(rate, 20_000)).toEqual([`limits.perSecond.rate is ${rate}. Use a whole number from 1 to 10000.`]);
  });

  it.each([
    [25, 20, 21],
    [1, 1, 2],
    [100, 2, 81],
    [2, 2.5, 3],
  ])(
    'at a rate of %d may not have a burst of %d: clocks that differ would leave no time to use a permit',
    (rate, burst, least) => {
      expect(perSecond(rate, burst)).toEqual([
        `limits.perSecond.burst is ${burst}. Use a whole number from ${least} to 20000: two clocks may differ by 400 ms, and a permit must be worth something to both.`,
      ]);
    },
  );
});
