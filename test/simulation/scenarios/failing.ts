import type { Random } from '../machine/random.ts';
import type { Spell } from '../machine/weather.ts';
import { endsOfFlow, hourMs, minuteMs, type Plan, type Scenario, secondMs } from '../plan.ts';
import { aPlan, downFault, mayParkByAttempts } from './common.ts';

/** A run in which one spell hits one end of the flow. */
function underSpell(
  name: string,
  lasts: readonly [number, number],
  spellOf: (random: Random, plan: Plan) => Partial<Spell> & Pick<Spell, 'fault'>,
  differs: (random: Random, lastsMs: number) => Parameters<typeof aPlan>[1] = () => ({}),
): Scenario {
  return {
    name,
    plan: (random) => {
      const fromMs = random.between(0, 60) * secondMs;
      const lastsMs = random.between(...lasts);
      const toMs = fromMs + lastsMs;
      const records = random.int(2, 10);
      const busyness = [{ fromMs: 0, toMs: toMs + minuteMs, changes: random.int(records, 50) }];
      const plan = aPlan(random, { records, busyness, troubleEndsMs: toMs + minuteMs, ...differs(random, lastsMs) });
      const { source, destination } = endsOfFlow(plan.flow);
      const system = random.chance(0.7) ? destination : source;
      return {
        ...plan,
        spells: [{ text: name, fromMs, toMs, system, share: 1, ...spellOf(random, plan) }, ...plan.spells],
      };
    },
  };
}

/** What a flow writes with. */
function writesOf({ flow }: Plan): readonly string[] {
  return flow === 'account-to-stripe-customer' ? ['create', 'update'] : ['upsert', 'update'];
}

function oneOperation(random: Random, plan: Plan): Partial<Spell> {
  const { source, destination } = endsOfFlow(plan.flow);
  const operation = random.pick([...writesOf(plan), 'read', 'link', 'find']);
  return { operations: [operation], system: operation === 'read' || operation === 'link' ? source : destination };
}

export const failing: readonly Scenario[] = [
  underSpell('brown-out 40 %, 10 min', [9 * minuteMs, 11 * minuteMs], () => ({ share: 0.4, fault: downFault })),
  underSpell(
    'brown-out 40 %, 3 h',
    [2.5 * hourMs, 3.5 * hourMs],
    () => ({ share: 0.4, fault: downFault }),
    () => ({
      expect: { parked: mayParkByAttempts },
    }),
  ),
  underSpell('one operation dead', [20 * minuteMs, 2 * hourMs], (random, plan) => ({
    ...oneOperation(random, plan),
    fault: downFault,
  })),
  underSpell(
    'an operation on and off, 3 h',
    [2.5 * hourMs, 3.5 * hourMs],
    (random, plan) => ({
      ...oneOperation(random, plan),
      period: { onMs: random.between(1, 10) * minuteMs, offMs: random.between(1, 10) * minuteMs },
      fault: downFault,
    }),
    () => ({ expect: { parked: mayParkByAttempts } }),
  ),
  underSpell('flapping', [20 * minuteMs, hourMs], (random) => ({
    period: { onMs: random.between(10, 120) * secondMs, offMs: random.between(10, 120) * secondMs },
    fault: downFault,
  })),
  underSpell(
    'writes that land late',
    [3 * minuteMs, 10 * minuteMs],
    (_random, plan) => ({
      share: 0.25,
      system: endsOfFlow(plan.flow).destination,
      operations: writesOf(plan),
      fault: (random) => ({ kind: random.pick(['silence', 'reset'] as const), done: 'late' }),
    }),
    () => ({ records: 2 }),
  ),
  underSpell('8 s a call', [10 * minuteMs, 30 * minuteMs], () => ({
    fault: (random) => ({ kind: 'slow', ms: random.between(7_000, 9_000) }),
  })),
  underSpell('20-s locks', [10 * minuteMs, hourMs], (random, plan) => ({
    operations: [...writesOf(plan), 'link'],
    records: new Set([0, 1, 2]),
    period: { onMs: 20 * secondMs, offMs: random.between(5, 60) * secondMs },
    fault: () => ({ kind: 'refused', as: 'locked' }),
  })),
  underSpell('429, Retry-After: 1, 30 min', [30 * minuteMs, 30 * minuteMs], () => ({
    fault: () => ({ kind: 'refused', as: 'too-many', retryAfterSeconds: 1 }),
  })),
  underSpell('quota spent, 1-8 h', [hourMs, 8 * hourMs], () => ({ fault: () => ({ kind: 'refused', as: 'quota' }) })),
  underSpell('access revoked', [5 * minuteMs, 2 * hourMs], () => ({
    fault: () => ({ kind: 'refused', as: 'not-authenticated' }),
  })),
  underSpell(
    'random crashes',
    [5 * minuteMs, 30 * minuteMs],
    () => ({ share: 0, fault: downFault }),
    (random) => ({
      crashes: random.pick([0.002, 0.01, 0.03]),
      ownFaults: random.pick([0, 0.005]),
    }),
  ),
  underSpell(
    'crashes in a brown-out',
    [5 * minuteMs, 30 * minuteMs],
    () => ({ share: 0.4, fault: downFault }),
    (random) => ({
      crashes: random.pick([0.002, 0.01]),
      ownFaults: random.pick([0, 0.01]),
    }),
  ),
];
