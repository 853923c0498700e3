import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Breakage,
  both,
  followersStay,
  noIntent,
  noLock,
  oldKeyResent,
  unconditional,
  withPolicies,
} from './breakage.ts';
import { simulate } from './run.ts';
import { scenarios } from './scenarios/scenarios.ts';

/** Rules inside the engine that are switched off by their name. */
const off = vi.hoisted(() => new Set<string>());

vi.mock('../../functions/engine/breaker.ts', async (original) => {
  const real = await original<typeof import('../../functions/engine/breaker.ts')>();
  const eventShowsOutage: typeof real.eventShowsOutage = (...facts) =>
    !off.has('rule (c)') && real.eventShowsOutage(...facts);
  return { ...real, eventShowsOutage };
});

vi.mock('../../functions/engine/retry.ts', async (original) => {
  const real = await original<typeof import('../../functions/engine/retry.ts')>();
  const judge: typeof real.judge = (failure, history, circumstances, ...rest) => {
    const told = off.has('others') ? { ...circumstances, othersSucceed: true } : circumstances;
    return real.judge(failure, history, told, ...rest);
  };
  return { ...real, judge };
});

vi.mock('../../functions/engine/crash-guard.ts', async (original) => {
  const real = await original<typeof import('../../functions/engine/crash-guard.ts')>();
  const splitAtSuspect: typeof real.splitAtSuspect = (group) =>
    off.has('crash guard') ? [[...group], []] : real.splitAtSuspect(group);
  return { ...real, splitAtSuspect };
});

interface Mutant {
  readonly name: string;
  /** Where it must show. */
  readonly scenario: string;
  readonly breakage?: Breakage;
  readonly off?: string;
  readonly invariant: RegExp;
}

const mutants: readonly Mutant[] = [
  {
    name: 'followers are not handed back',
    scenario: 'outage, busy',
    breakage: followersStay,
    invariant: /comes back when it is due|backlog moves/,
  },
  { name: 'no rule (c)', scenario: 'outage, quiet', off: 'rule (c)', invariant: /backlog moves/ },
  {
    name: 'no wait by age',
    scenario: 'busy for 11 days',
    breakage: withPolicies((right) => ({ ...right, age: { ...right.age, share: 0 } })),
    invariant: /nothing is lost/,
  },
  {
    name: 'nothing is parked for its age',
    scenario: 'down for 20 days',
    breakage: withPolicies((right) => ({ ...right, age: { ...right.age, parkMs: Number.MAX_SAFE_INTEGER } })),
    invariant: /nothing is lost/,
  },
  {
    name: 'poison without the hour',
    scenario: 'brown-out 40 %, 10 min',
    breakage: withPolicies((right) => ({ ...right, retry: { ...right.retry, poisonAfterMs: 0 } })),
    invariant: /parked without need/,
  },
  {
    name: 'poison without the success of others',
    scenario: 'one operation dead',
    off: 'others',
    invariant: /parked without need/,
  },
  {
    name: 'no wait after an unknown outcome',
    scenario: 'writes that land late',
    breakage: withPolicies((right) => ({ ...right, unknown: { landsWithinMs: 0 } })),
    invariant: /applied in order|one destination record|newest state/,
  },
  { name: 'no crash guard', scenario: 'a killer', off: 'crash guard', invariant: /can never succeed|comes to rest/ },
  {
    name: 'an old idempotency key is sent again',
    scenario: 'outage, busy',
    breakage: oldKeyResent,
    invariant: /parked without need|comes to rest/,
  },
  {
    name: 'a create without an intent',
    scenario: 'outage, hanging',
    breakage: noIntent,
    invariant: /one destination record/,
  },
  {
    name: 'an intent without its condition, and no lock before it',
    scenario: 'batches handed over twice',
    breakage: both(noLock, unconditional('intent:')),
    invariant: /one destination record/,
  },
  {
    name: 'a probe without its lease',
    scenario: 'outage, busy',
    breakage: unconditional('breaker:'),
    invariant: /one probe/,
  },
];

/** Seeds that a mutant has to show in. */
const mostSeeds = 150;

/** The first seed that shows it, and what it broke there. */
async function firstCaught({ scenario: name, breakage = {}, invariant }: Mutant) {
  const scenario = scenarios.find((known) => known.name === name)!;
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const { violations } = await simulate(scenario, seed, breakage);
    const broken = violations.filter((violation) => invariant.test(violation.invariant));
    if (broken.length > 0) return { seed, broken };
  }
  return undefined;
}

describe('the checker', () => {
  beforeEach(() => off.clear());

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('catches: %s', async (_name, mutant) => {
    if (mutant.off !== undefined) off.add(mutant.off);

    const caught = await firstCaught(mutant);

    expect(caught).toBeDefined();
  });

  it('finds the intent to hold where the lock is gone', async () => {
    const scenario = scenarios.find(({ name }) => name === 'batches handed over twice')!;
    const doubled: number[] = [];

    for (let seed = 1; seed <= 100; seed += 1) {
      const { violations } = await simulate(scenario, seed, noLock);
      if (violations.some(({ invariant }) => /one destination record/.test(invariant))) doubled.push(seed);
    }

    expect(doubled).toEqual([]);
  });
});
