import type { Random } from '../machine/random.ts';
import type { Fault, Spell } from '../machine/weather.ts';
import { type Busyness, endsOfFlow, hourMs, minuteMs, type Plan, type Scenario, secondMs } from '../plan.ts';
import { unacceptable } from '../systems/system.ts';
import { aPlan, downFault, noise } from './common.ts';

/** Everybody changes records at once, now and then, faster than two invocations deliver: the heads of many share calls. */
function bursts(random: Random, lastsMs: number, differs: Partial<Plan> = {}): Plan {
  const records = random.int(12, 25);
  const others = Array.from({ length: records - 1 }, (_, index) => index + 1);
  const count = random.int(4, 8);
  const busyness = Array.from({ length: count }, (_, nth): Busyness => {
    const fromMs = (nth * lastsMs) / count;
    return { fromMs, toMs: fromMs + 500, changes: random.int(20, 60), records: others };
  });
  const plan = aPlan(random, {
    records,
    linked: random.pick([0, 0.5, 1]),
    busyness,
    troubleEndsMs: lastsMs,
    lateness: 2_000,
    invocations: 2,
    policies: { sharing: { reads: 10, writes: 10 } },
    ...differs,
  });
  const slow: Spell = {
    text: 'slow',
    fromMs: 0,
    toMs: lastsMs,
    share: random.pick([0.3, 1]),
    fault: (chance) => ({ kind: 'slow', ms: chance.between(200, 3_000) }),
  };
  return { ...plan, spells: [slow] };
}

const lost = (random: Random): Fault => ({
  kind: random.pick(['silence', 'reset'] as const),
  done: random.pick(['before', 'late'] as const),
});

function trouble(random: Random, { troubleEndsMs: toMs }: Plan): Spell {
  const spell: Spell = { text: 'trouble', fromMs: 0, toMs, system: 'salesforce', share: 0.15, fault: lost };
  return random.pick<Spell>([
    noise(toMs, 0.1),
    { ...spell, text: 'answers lost', operations: ['upsert', 'update', 'link'] },
    { ...spell, text: 'down, in between', fault: downFault },
    {
      ...spell,
      text: '20-s locks',
      operations: ['upsert', 'update', 'link'],
      records: new Set([1, 2, 3]),
      share: 1,
      period: { onMs: 20 * secondMs, offMs: 40 * secondMs },
      fault: () => ({ kind: 'refused', as: 'locked' }),
    },
  ]);
}

/** One record's calls fail, and with them those that carry it; its neighbours are delivered. */
const poison: Scenario = {
  name: 'shared calls, a poison record',
  plan: (random) => {
    const plan = bursts(random, 4 * hourMs, { flow: 'stripe-customer-to-account', linked: 1 });
    const odd: Busyness[] = [0, 1, 2, 3].map((nth) => ({
      fromMs: nth * minuteMs,
      toMs: nth * minuteMs + 500,
      changes: 1,
      records: [0],
    }));
    const { destination: system } = endsOfFlow(plan.flow);
    const fault = random.pick([lost, (): Fault => ({ kind: 'refused', as: 'internal-error' })]);
    const spell: Spell = { text: 'poison', fromMs: 0, toMs: 1e12, system, records: new Set([0]), share: 1, fault };
    const parked = [{ records: new Set([0]), reason: /^attempts/, must: true }];
    return {
      ...plan,
      busyness: [...plan.busyness, ...odd],
      spells: [spell, ...plan.spells],
      expect: { parked, restWithinMs: 24 * hourMs },
    };
  },
};

/** What is refused for good in company is refused alone, too, or it is written. */
const bad: Scenario = {
  name: 'shared calls, bad records',
  plan: (random) => {
    const plan = bursts(random, 10 * minuteMs);
    const records = [0, 1, 2];
    const odd: Busyness[] = records.map((record) => ({
      fromMs: record * 2 * minuteMs,
      toMs: record * 2 * minuteMs + 500,
      changes: 1,
      records: [record],
      remark: unacceptable,
    }));
    const parked = [{ records: new Set(records), reason: /^permanent failure/, must: true }];
    return { ...plan, busyness: [...odd, ...plan.busyness], expect: { parked, restWithinMs: hourMs, held: false } };
  },
};

export const sharing: readonly Scenario[] = [
  {
    name: 'shared calls, trouble',
    plan: (random) => {
      const plan = bursts(random, 20 * minuteMs, {
        crashes: random.pick([0, 0, 0.003]),
        ownFaults: random.pick([0, 0.003]),
      });
      return { ...plan, spells: [trouble(random, plan), ...plan.spells] };
    },
  },
  bad,
  poison,
];
