import { clockSlackMs, type Limits } from '../contract/limits.ts';
import type { Report } from './problem.ts';

/** Checks how often a system may be called: whole numbers, and a burst that leaves room for clocks to differ. */
export function checkLimits(path: string, { perSecond, perDay }: Limits, report: Report): void {
  const check = (where: string, value: number, least: number, most: number, why = '') => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    report(`${path}.${where}`, `is ${value}`, `Use a whole number from ${least} to ${most}${why}.`);
  };
  if (perSecond !== undefined) {
    check('perSecond.rate', perSecond.rate, 1, 10_000);
    const why = `: two clocks may differ by ${2 * clockSlackMs} ms, and a permit must be worth something to both`;
    check('perSecond.burst', perSecond.burst, leastBurst(perSecond.rate), 20_000, why);
  }
  if (perDay !== undefined) check('perDay.calls', perDay.calls, 1, 1_000_000_000);
}

/** A permit can be used for `(burst - 1) / rate` seconds, of which clocks may take up one half. */
function leastBurst(rate: number): number {
  return Math.ceil((rate * 4 * clockSlackMs) / 1000) + 1;
}
