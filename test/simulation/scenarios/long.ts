import type { Random } from '../machine/random.ts';
import type { Spell } from '../machine/weather.ts';
import { dayMs, endsOfFlow, hourMs, minuteMs, type Plan, type Scenario } from '../plan.ts';
import { aPlan, downFault, mayParkByAttempts } from './common.ts';

/** Days of trouble, few events: what neither the receive limit nor the retention may ever take. */
function days(
  name: string,
  count: number,
  spellOf: (random: Random, plan: Plan) => Partial<Spell>,
  parked: Plan['expect']['parked'] = [],
): Scenario {
  return {
    name: `${name} for ${count} days`,
    plan: (random) => {
      const toMs = count * dayMs;
      const busyness = [{ fromMs: 0, toMs, changes: random.int(4, 8) }];
      const plan = aPlan(random, { records: random.int(2, 4), busyness, troubleEndsMs: toMs, lateness: minuteMs });
      const { destination: system } = endsOfFlow(plan.flow);
      const spell: Spell = {
        text: name,
        fromMs: 0,
        toMs,
        system,
        share: 1,
        fault: downFault,
        ...spellOf(random, plan),
      };
      return { ...plan, spells: [spell], expect: { parked, restWithinMs: 4 * hourMs } };
    },
  };
}

const tooOld = [{ records: 'any', reason: /^older than/ }] as const;

/** Nobody else's success tells it from a function that always dies: it is tried until it is too old. */
const lonelyKiller: Scenario = {
  name: 'a killer alone for 12 days',
  plan: (random) => {
    const plan = aPlan(random, { records: 1, busyness: [], killers: [0], troubleEndsMs: 12 * dayMs, duplicates: 0 });
    return { ...plan, expect: { parked: [{ ...tooOld[0], must: true }], restWithinMs: 4 * hourMs } };
  },
};

export const long: readonly Scenario[] = [
  days('down', 3, () => ({})),
  days('down', 11, () => ({})),
  days('down', 20, () => ({}), tooOld),
  days(
    'flapping',
    11,
    (random) => ({ period: { onMs: random.between(5, 60) * minuteMs, offMs: random.between(0.5, 2) * minuteMs } }),
    mayParkByAttempts,
  ),
  days('one operation dead', 11, (_random, { flow }) => ({
    operations: flow === 'account-to-stripe-customer' ? ['create', 'update'] : ['upsert', 'update'],
  })),
  days('busy', 11, () => ({ fault: () => ({ kind: 'refused', as: 'too-many', retryAfterSeconds: 1 }) })),
  days('locked', 11, () => ({
    operations: ['create', 'update', 'upsert'],
    fault: () => ({ kind: 'refused', as: 'locked' }),
  })),
  days('revoked', 11, () => ({ fault: () => ({ kind: 'refused', as: 'not-authenticated' }) })),
  lonelyKiller,
];
