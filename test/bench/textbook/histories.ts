import type { Random } from '../../simulation/machine/random.ts';
import type { Fault } from '../../simulation/machine/weather.ts';
import { endsOfFlow, minuteMs, type Plan, type Scenario, secondMs } from '../../simulation/plan.ts';
import { aPlan, downFault } from '../../simulation/scenarios/common.ts';
import { scenarios } from '../../simulation/scenarios/scenarios.ts';

/** Seeds of each scenario. */
export const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

const names = [
  'calm',
  'noise',
  'batches handed over twice',
  'outage, busy',
  'outage, hanging',
  'outage, beginning as a brown-out',
  'brown-out 40 %, 10 min',
  'brown-out 40 %, 3 h',
  'one operation dead',
  'flapping',
  'writes that land late',
  '8 s a call',
  '20-s locks',
  '429, Retry-After: 1, 30 min',
  'access revoked',
  'random crashes',
  'poison, busy',
  'a killer',
  'a bad record, mended under traffic',
  'a renamed field',
  'everything at once',
];

/** The simulation's scenarios that are compared. */
export const compared: readonly Scenario[] = names.map((name) => {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`The simulation has no scenario "${name}". Name one that it has.`);
  return found;
});

/** From the start of a history. */
export const outageMs = { from: minuteMs, to: 6 * minuteMs };

/** The destination is away for exactly five minutes. */
function fiveMinutes(how: string, changes: number, fault: (random: Random) => Fault): Scenario {
  return {
    name: how,
    plan: (random): Plan => {
      const busyness = [{ fromMs: 0, toMs: 7 * minuteMs, changes }];
      const plan = aPlan(random, { records: 10, busyness, lateness: secondMs, troubleEndsMs: 7 * minuteMs });
      const { destination: system } = endsOfFlow(plan.flow);
      const down = { text: 'down', fromMs: outageMs.from, toMs: outageMs.to, system, share: 1, fault };
      return { ...plan, spells: [down], expect: { ...plan.expect, returnAtMs: outageMs.to } };
    },
  };
}

const silent: Fault = { kind: 'silence', done: 'never' };

export const outages: readonly Scenario[] = [
  fiveMinutes('refusing, 5 events', 5, () => ({ kind: 'refused', as: 'unavailable' })),
  fiveMinutes('refusing, 60 events', 60, () => ({ kind: 'refused', as: 'unavailable' })),
  fiveMinutes('refusing, 300 events', 300, () => ({ kind: 'refused', as: 'unavailable' })),
  fiveMinutes('hanging, 60 events', 60, () => silent),
  fiveMinutes('any of these, 60 events', 60, downFault),
];
