import type { Random } from '../machine/random.ts';
import type { Spell } from '../machine/weather.ts';
import {
  type Allowance,
  type Busyness,
  endsOfFlow,
  hourMs,
  minuteMs,
  type Plan,
  type Scenario,
  secondMs,
} from '../plan.ts';
import type { SystemName } from '../systems/system.ts';
import { aPlan } from './common.ts';

/** What functions' clocks may be wrong by, where a limit is to be kept. */
export const skews = [0, 50, 200] as const;

/** Everybody changes records now and then, faster than the limit takes them. */
export function rushes(random: Random, lastsMs: number, changes: number, records: readonly number[]): Busyness[] {
  const count = random.int(2, 5);
  return Array.from({ length: count }, (_, nth) => {
    const fromMs = (nth * lastsMs) / count;
    return { fromMs, toMs: fromMs + random.between(200, 20_000), changes: Math.ceil(changes / count), records };
  });
}

type Differs = NonNullable<Parameters<typeof aPlan>[1]>;

/** A run under load, of so many records. */
function busy(random: Random, lastsMs: number, changes: number, differs: Differs = {}): Plan {
  const records = random.int(8, 25);
  const all = Array.from({ length: records }, (_, index) => index);
  return aPlan(random, {
    records,
    busyness: rushes(random, lastsMs, changes, all),
    troubleEndsMs: lastsMs,
    lateness: secondMs,
    skewMs: random.pick(skews),
    parkingDown: { fromMs: 0, toMs: 0 },
    ...differs,
  });
}

/** A rate, and the least burst that leaves room for wrong clocks, or more. */
export function aPace(random: Random) {
  const rate = random.pick([2, 5, 10, 25]);
  return { rate, burst: Math.floor(0.8 * rate) + 1 + random.int(1, rate) };
}

/** What a system takes: one event's calls in a row, at least, or no event would ever get through. */
export function truly(rate: number) {
  return { rate, burst: Math.max(5, rate) };
}

export function hintsOf(random: Random): Pick<NonNullable<Allowance['perSecond']>, 'hints' | 'hintSeconds'> {
  const hints = random.pick([['seconds'], ['date'], ['none'], ['seconds', 'date', 'none']] as const);
  return { hints, hintSeconds: random.pick([2, 10, 60]) };
}

const eitherEnd = (random: Random, { flow }: Plan): SystemName => random.pick(Object.values(endsOfFlow(flow)));

/** The limit that we keep to is the system's own, or far above it: then it says so. */
function rated(
  name: string,
  trulyOf: (random: Random, rate: number) => number,
  rowOf?: (random: Random) => Plan['limiterRow'],
): Scenario {
  return {
    name,
    plan: (random) => {
      const plan = busy(random, random.between(2, 6) * minuteMs, random.int(60, 200), {
        invocations: random.int(3, 8),
        ...(rowOf && { limiterRow: rowOf(random) }),
      });
      const system = eitherEnd(random, plan);
      const perSecond = aPace(random);
      const rate = Math.max(1, trulyOf(random, perSecond.rate));
      const allowance = { perSecond: { ...truly(rate), ...hintsOf(random) } };
      return { ...plan, limits: { [system]: { perSecond } }, allowances: { [system]: allowance } };
    },
  };
}

/** People's own reports use up the org's calls for half a day; then they are back. */
const quotaSpent: Scenario = {
  name: "a day's quota spent for half a day",
  plan: (random) => {
    const fromMs = random.between(0, hourMs);
    const toMs = fromMs + random.between(11, 13) * hourMs;
    const records = random.int(4, 10);
    const plan = aPlan(random, {
      records,
      busyness: [
        { fromMs: 0, toMs, changes: random.int(10, 25) },
        { fromMs: toMs, toMs: toMs + hourMs, changes: random.int(5, 15) },
      ],
      troubleEndsMs: toMs + hourMs,
      skewMs: random.pick(skews),
    });
    const max = random.pick([200, 1_000]);
    // They are using more and more of it, or all at once.
    const before = { fromMs: 0, toMs: fromMs, used: Math.floor(max * random.pick([0, 0.5, 0.9])) };
    const others = [before, { fromMs, toMs, used: max }, { fromMs: toMs, toMs: 1e12, used: Math.floor(max / 3) }];
    return {
      ...plan,
      limits: { salesforce: { perDay: { calls: random.pick([max, 2 * max]) } } },
      allowances: { salesforce: { perDay: { max, others } } },
      expect: { parked: [], restWithinMs: 3 * hourMs },
    };
  },
};

/** What we allow ourselves is used up by noon, and the day after it goes on. */
const budgetSpent: Scenario = {
  name: 'our own calls of a day spent',
  plan: (random) => {
    const calls = random.int(30, 60);
    const lastsMs = random.between(20, 40) * hourMs;
    const records = random.int(6, 12);
    const changes = Math.floor(calls * random.between(0.6, 1.2));
    const plan = aPlan(random, {
      records,
      linked: random.pick([0.5, 1]),
      // All at the same time, where the last calls of the day are.
      busyness: [
        { fromMs: 0, toMs: random.pick([10 * secondMs, 5 * minuteMs]), changes },
        { fromMs: 0, toMs: lastsMs, changes: Math.ceil(changes / 2) },
      ],
      troubleEndsMs: lastsMs,
      skewMs: random.pick(skews),
      invocations: random.int(3, 6),
      policies: { sharing: { reads: 1, writes: 1 } },
      tended: false,
    });
    return {
      ...plan,
      limits: { [eitherEnd(random, plan)]: { perDay: { calls } } },
      expect: { parked: [], restWithinMs: 100 * hourMs },
    };
  },
};

/** Comparisons and released events want calls that live ones need more. */
const classes: Scenario = {
  name: 'live events, releases and comparisons',
  plan: (random) => {
    const lastsMs = random.between(1, 3) * hourMs;
    const refused = Array.from({ length: random.int(2, 4) }, (_, index) => index);
    const records = refused.length + random.int(4, 8);
    const all = Array.from({ length: records }, (_, index) => index);
    const plan = aPlan(random, {
      records,
      linked: 1,
      busyness: [
        { fromMs: 0, toMs: 10 * minuteMs, changes: random.int(10, 25), records: refused },
        { fromMs: 0, toMs: lastsMs, changes: random.int(20, 60), records: all },
      ],
      troubleEndsMs: lastsMs,
      skewMs: random.pick(skews),
      afterDeadLetter: 'halt-key',
      operator: Array.from({ length: random.int(5, 15) }, () => ({
        atMs: random.between(10 * minuteMs, lastsMs),
        act: random.pick(['release', 'release-key', 'release-all'] as const),
      })),
      comparisons: Array.from({ length: random.int(1, 3) }, () => ({ fromMs: 0, toMs: lastsMs, reads: 200 })),
      tended: false,
    });
    const { destination: system } = endsOfFlow(plan.flow);
    const spell: Spell = {
      text: 'refusing',
      fromMs: 0,
      toMs: random.between(5, 20) * minuteMs,
      system,
      operations: ['create', 'update', 'upsert'],
      records: new Set(refused),
      share: 1,
      fault: () => ({ kind: 'refused', as: 'no-such-field' }),
    };
    const perDay = { calls: random.int(60, 160) };
    const perSecond = random.chance(0.5) ? { perSecond: aPace(random) } : {};
    // For a while others use so much of the org's that only live events may go on.
    const used = { fromMs: 20 * minuteMs, toMs: lastsMs / 2, used: 900 };
    return {
      ...plan,
      spells: [spell],
      limits: { [system]: { perDay, ...perSecond } },
      allowances: { salesforce: { perDay: { max: 1_000, others: [used] } } },
      expect: { parked: [{ records: 'any', reason: /^permanent failure/ }], restWithinMs: 76 * hourMs },
    };
  },
};

/** Whose rate, whose day's calls, a row that is slow and fails, containers that die. */
const allLimits: Scenario = {
  name: 'every limit at once',
  plan: (random) => {
    const lastsMs = random.between(0.5, 2) * hourMs;
    const plan = busy(random, lastsMs, random.int(60, 120), {
      crashes: random.pick([0, 0.003, 0.01]),
      ownFaults: random.pick([0, 0.005]),
      twice: random.pick([0, 0.2]),
      limiterRow: { latencyMs: random.pick([0, 100]), faults: random.pick([0, 0.05]), strangers: random.pick([0, 2]) },
    });
    const hour = { fromMs: random.between(0, lastsMs / 2), toMs: lastsMs, used: 1_000 };
    const perSecond = { ...truly(random.int(1, 5)), ...hintsOf(random) };
    return {
      ...plan,
      limits: {
        stripe: { perSecond: aPace(random) },
        salesforce: { perSecond: aPace(random), perDay: { calls: 1_000 } },
      },
      allowances: { stripe: { perSecond }, salesforce: { perDay: { max: 1_000, others: [hour] }, perSecond } },
      expect: { parked: [], restWithinMs: 4 * hourMs },
    };
  },
};

/** Limits of the systems, and our own. */
export const limits: readonly Scenario[] = [
  rated('a rate that we keep to', (random, rate) => random.pick([rate, rate * 2])),
  rated('429, with hints and without', (random, rate) => Math.floor(rate * random.pick([0.1, 0.3, 0.6]))),
  rated(
    "a contended limiter's row",
    (_random, rate) => rate,
    (random) => ({ latencyMs: random.pick([300, 1_500]), faults: random.pick([0, 0.03]), strangers: 4 }),
  ),
  quotaSpent,
  budgetSpent,
  classes,
  allLimits,
];
