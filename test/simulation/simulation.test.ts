import { describe, expect, it } from 'vitest';
import { failureOf } from './report.ts';
import { simulate } from './run.ts';
import { scenarios } from './scenarios/scenarios.ts';

/** Seeds of each scenario; one that spans days costs as much as ten short ones. */
const seedsOf = (name: string) => (/\d days$|30 min|quota/.test(name) ? 2 : 6);

describe('the simulated delivery', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
    const failures: string[] = [];
    let events = 0;

    for (let seed = 1; seed <= seedsOf(name); seed += 1) {
      const run = await simulate(scenario, seed);
      events += run.trace.of('queued').length;
      if (run.violations.length > 0) failures.push(failureOf(run));
    }

    expect(failures.join('\n')).toBe('');
    expect(events).toBeGreaterThan(0);
  });

  it('takes the same turns for the same seed, and others for another', async () => {
    const scenario = scenarios.find(({ name }) => name === 'everything at once')!;
    const told = async (seed: number) =>
      (await simulate(scenario, seed)).trace.entries.map(({ atMs, kind }) => `${atMs} ${kind}`).join('\n');

    const [first, again, other] = [await told(7), await told(7), await told(8)];

    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});
