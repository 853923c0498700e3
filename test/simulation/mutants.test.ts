import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeliverServices } from '../../functions/deliver-event/services.ts';
import { finishSuperseded, noteSuperseded } from '../../functions/parking/supersede.ts';
import {
  both,
  followersStay,
  liftedEarly,
  listedAfter,
  noClaim,
  noIntent,
  noLock,
  oldKeyResent,
  oneReleaseId,
  unconditional,
  withPolicies,
} from './breakage.ts';
import { firstCaught, type Mutant } from './mutant.ts';
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

vi.mock('../../functions/engine/park-list.ts', async (original) => {
  const real = await original<typeof import('../../functions/engine/park-list.ts')>();
  const withParked: typeof real.withParked = (list, entry, halts) => {
    const before = list.events.filter(({ eventId }) => eventId !== entry.eventId);
    return real.withParked(off.has('its place') ? { ...list, events: before } : list, entry, halts);
  };
  return { ...real, withParked };
});

vi.mock('../../functions/deliver-event/write-through.ts', async (original) => {
  const real = await original<typeof import('../../functions/deliver-event/write-through.ts')>();
  const writeThrough: typeof real.writeThrough = async (reading, services, ...rest) => {
    if (off.has('supersede after')) await supersede(reading.message.subject, services as DeliverServices);
    return real.writeThrough(reading, services, ...rest);
  };
  return { ...real, writeThrough };
});

async function supersede(subject: string, { flow, parking, once }: DeliverServices): Promise<void> {
  const key = { flow: flow.name, subject };
  await noteSuperseded(key, await parking.lists.read(flow.name, subject), parking);
  await finishSuperseded(key, parking, once);
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
  {
    name: 'all releases of an event under one deduplication id',
    scenario: 'released too early',
    breakage: oneReleaseId,
    invariant: /released means delivered|comes to rest/,
  },
  {
    name: 'an event joins the list after its dead letter',
    scenario: 'operators in a hurry',
    breakage: listedAfter,
    invariant: /a halt holds|lists are empty|dead letter ends|released means delivered/,
  },
  {
    name: 'a halt is lifted with the first event, not the last',
    scenario: 'a halted key with a long tail',
    breakage: liftedEarly,
    invariant: /a halt holds/,
  },
  {
    name: 'a head that fails again goes to the end',
    scenario: 'a halted key with a long tail',
    off: 'its place',
    invariant: /a halt holds|released means delivered/,
  },
  {
    name: 'what is parked is superseded by what is only tried',
    scenario: 'superseded',
    off: 'supersede after',
    invariant: /superseded means/,
  },
  {
    name: 'no version is claimed before it is applied',
    scenario: 'parked and released',
    breakage: noClaim,
    invariant: /applied in order/,
  },
];

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
