import { minuteMs, type Scenario } from '../plan.ts';
import { aPlan, noise } from './common.ts';

/** Nothing goes wrong, or a little. */
export const calm: readonly Scenario[] = [
  { name: 'calm', plan: (random) => aPlan(random) },
  {
    name: 'noise',
    plan: (random) => {
      const plan = aPlan(random);
      const share = random.pick([0.01, 0.05]);
      return { ...plan, spells: [noise(plan.troubleEndsMs, share)], ownFaults: random.pick([0, 0.005]) };
    },
  },
  {
    name: 'batches handed over twice',
    plan: (random) => {
      const plan = aPlan(random, { twice: random.pick([0.2, 0.5]) });
      return { ...plan, spells: [noise(plan.troubleEndsMs, random.pick([0, 0.05]))] };
    },
  },
  {
    name: 'calm, and sessions that end',
    plan: (random) => ({
      ...aPlan(random),
      operator: Array.from({ length: random.int(1, 4) }, () => ({
        atMs: random.between(0, 10 * minuteMs),
        act: random.pick(['end-session', 'replace-key'] as const),
      })),
    }),
  },
];
