import type { Random } from '../machine/random.ts';
import type { Spell } from '../machine/weather.ts';
import { hourMs, minuteMs, type OperatorAct, type Plan, type Scenario, secondMs, type TokenPlan } from '../plan.ts';
import { aPlan, downFault } from './common.ts';
import { aPace, hintsOf, rushes, skews, truly } from './limits.ts';

type Differs = NonNullable<Parameters<typeof aPlan>[1]>;

/** Sessions that end as an org's settings have it, and a schedule that renews them, mostly, before they do. */
function tokensOf(random: Random, differs: Partial<TokenPlan> = {}): TokenPlan {
  return {
    lastsMs: random.pick([15 * minuteMs, 2 * hourMs]),
    knownAfterMs: 0,
    shownWithinMs: 0,
    everyMs: random.pick([45 * minuteMs, 12 * hourMs]),
    ...differs,
  };
}

/** Late everywhere: a new token in the org, and in its secret. */
const late = (random: Random): Partial<TokenPlan> => ({
  knownAfterMs: random.pick([0, 2 * secondMs, 8 * secondMs]),
  shownWithinMs: random.pick([secondMs, 10 * secondMs, 45 * secondMs]),
});

function underLoad(random: Random, lastsMs: number, differs: Differs = {}): Plan {
  const records = random.int(5, 15);
  const all = Array.from({ length: records }, (_, index) => index);
  const steady = { fromMs: 0, toMs: lastsMs, changes: random.int(20, 60) };
  const rush = rushes(random, lastsMs, 80, all);
  // All containers are refused at once, where they are busiest.
  const ended = rush.map(
    ({ fromMs, toMs }): OperatorAct => ({ atMs: random.between(fromMs, toMs), act: 'end-session' }),
  );
  const { operator = [], ...rest } = differs;
  return aPlan(random, {
    records,
    busyness: [steady, ...rush],
    troubleEndsMs: lastsMs,
    invocations: random.int(3, 8),
    skewMs: random.pick(skews),
    parkingDown: { fromMs: 0, toMs: 0 },
    tokens: tokensOf(random),
    operator: [...operator, ...ended],
    ...rest,
  });
}

function acts(random: Random, act: OperatorAct['act'], count: number, lastsMs: number): OperatorAct[] {
  return Array.from({ length: count }, () => ({ atMs: random.between(0, lastsMs), act }));
}

const revoked = (fromMs: number, toMs: number, system?: Spell['system']): Spell => ({
  text: 'revoked',
  fromMs,
  toMs,
  ...(system && { system }),
  share: 1,
  fault: () => ({ kind: 'refused', as: 'not-authenticated' }),
});

/** A person who left is deactivated in Salesforce, and with them our access: for minutes, or for half a day. */
const userRevoked: Scenario = {
  name: 'the user revoked, and restored',
  plan: (random) => {
    const fromMs = random.between(0, 10) * minuteMs;
    const toMs = fromMs + random.pick([random.between(1, 20) * minuteMs, random.between(8, 14) * hourMs]);
    const endsMs = toMs + 10 * minuteMs;
    const plan = underLoad(random, endsMs, { tokens: tokensOf(random, random.chance(0.5) ? late(random) : {}) });
    // Who is deactivated has no session any more, also where they come back.
    const operator: OperatorAct[] = random.chance(0.5) ? [{ atMs: fromMs + secondMs, act: 'end-session' }] : [];
    return {
      ...plan,
      operator: [...plan.operator, ...operator],
      spells: [revoked(fromMs, toMs, 'salesforce')],
      expect: within(2 * hourMs),
    };
  },
};

const within = (restWithinMs: number) => ({ parked: [], restWithinMs });

/** Nobody can sign in for a while, and those who are in are thrown out. */
const noTokens: Scenario = {
  name: 'the token endpoint is away',
  plan: (random) => {
    const fromMs = random.between(0, 5) * minuteMs;
    const toMs = fromMs + random.between(2, 90) * minuteMs;
    const plan = underLoad(random, toMs + 5 * minuteMs, { operator: acts(random, 'end-session', 3, toMs) });
    const share = random.pick([0.4, 1]);
    const spell: Spell = {
      text: 'no tokens',
      fromMs,
      toMs,
      system: 'salesforce',
      operations: ['token'],
      share,
      fault: downFault,
    };
    return { ...plan, spells: [spell], expect: within(2 * hourMs) };
  },
};

/** Containers of the function that renews tokens die in the middle of it. */
const killed: Scenario = {
  name: 'refreshes that are killed',
  plan: (random) => {
    const lastsMs = random.between(20, 60) * minuteMs;
    const plan = underLoad(random, lastsMs, {
      crashes: random.pick([0.01, 0.03]),
      ownFaults: random.pick([0, 0.02]),
      tokens: tokensOf(random, { lastsMs: 15 * minuteMs, ...late(random) }),
      operator: acts(random, 'end-session', random.int(3, 8), lastsMs),
    });
    return { ...plan, expect: within(2 * hourMs) };
  },
};

/** Limits that are met while tokens end: a refused call has had its permit, too. */
const withLimits: Scenario = {
  name: 'limits and tokens at once',
  plan: (random) => {
    const lastsMs = random.between(20, 60) * minuteMs;
    const plan = underLoad(random, lastsMs, {
      tokens: tokensOf(random, { lastsMs: 15 * minuteMs, ...late(random) }),
      operator: [
        ...acts(random, 'end-session', random.int(1, 5), lastsMs),
        ...acts(random, 'replace-key', random.int(0, 2), lastsMs),
      ],
      limiterRow: { latencyMs: random.pick([0, 50]), faults: random.pick([0, 0.02]), strangers: random.pick([0, 2]) },
    });
    const away = random.between(0, lastsMs / 2);
    const perSecond = { ...truly(random.int(1, 8)), ...hintsOf(random) };
    const used = { fromMs: random.between(0, lastsMs), toMs: lastsMs, used: 500 };
    return {
      ...plan,
      spells: random.chance(0.5) ? [revoked(away, away + random.between(1, 10) * minuteMs)] : [],
      limits: {
        stripe: { perSecond: aPace(random) },
        salesforce: { perSecond: aPace(random), perDay: { calls: 500 } },
      },
      allowances: { stripe: { perSecond }, salesforce: { perSecond, perDay: { max: 500, others: [used] } } },
      expect: within(4 * hourMs),
    };
  },
};

/** Tokens that end, and those who are not let in. */
export const tokens: readonly Scenario[] = [
  {
    name: 'tokens that end under load',
    plan: (random) => {
      const lastsMs = random.between(1, 3) * hourMs;
      const tokens = tokensOf(random, { lastsMs: 15 * minuteMs });
      return { ...underLoad(random, lastsMs, { tokens }), expect: within(hourMs) };
    },
  },
  {
    name: 'tokens that show late',
    plan: (random) => {
      const lastsMs = random.between(30, 90) * minuteMs;
      const plan = underLoad(random, lastsMs, {
        tokens: tokensOf(random, { lastsMs: 15 * minuteMs, ...late(random) }),
        operator: [
          ...acts(random, 'end-session', random.int(1, 4), lastsMs),
          ...acts(random, 'replace-key', random.int(0, 2), lastsMs),
        ],
      });
      return { ...plan, expect: within(hourMs) };
    },
  },
  {
    name: 'sessions ended every few seconds',
    plan: (random) => {
      const lastsMs = random.between(5, 20) * minuteMs;
      const often = lastsMs / (random.between(5, 60) * secondMs);
      const plan = underLoad(random, lastsMs, {
        operator: acts(random, 'end-session', often, lastsMs),
        tokens: tokensOf(random, random.chance(0.5) ? late(random) : {}),
      });
      // A token that is refused soon after it was made stands for up to a quarter of an hour.
      return { ...plan, expect: within(2 * hourMs) };
    },
  },
  userRevoked,
  noTokens,
  killed,
  withLimits,
];
