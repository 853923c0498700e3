import type { Random } from '../machine/random.ts';
import type { Spell } from '../machine/weather.ts';
import {
  type Expectations,
  endsOfFlow,
  hourMs,
  minuteMs,
  type OperatorAct,
  type ParkingAct,
  type Plan,
  parkingActs,
  type Scenario,
} from '../plan.ts';
import { unacceptable } from '../systems/system.ts';
import { aPlan, downFault, noise } from './common.ts';

type Parked = Expectations['parked'][number];

const refused: Parked = { records: 'any', reason: /^permanent failure/ };

interface Trouble {
  /** How long the destination refuses the first records, in minutes, and how many they are. */
  readonly lasts: readonly [number, number];
  readonly bad: readonly [number, number];
  /** Changes of these meanwhile, and of all after that. */
  readonly changes: readonly [number, number];
  readonly later: readonly [number, number];
  /** Commands about parked events while it lasts, how many, and which. */
  readonly commands: readonly [number, number];
  readonly acts: readonly ParkingAct[];
}

/** The destination refuses some records for a while, for good as it says; others go through all the time. */
function refusing(
  name: string,
  { lasts, bad, changes, later, commands, acts }: Trouble,
  differs: (random: Random) => Parameters<typeof aPlan>[1] = () => ({}),
): Scenario {
  return {
    name,
    plan: (random) => {
      const toMs = random.between(...lasts) * minuteMs;
      // Five in a row by one code would hold the flow.
      const refusedRecords = Array.from({ length: random.int(...bad) }, (_, index) => index);
      const others = Array.from({ length: random.int(2, 5) }, (_, index) => index + refusedRecords.length);
      const endMs = toMs + 10 * minuteMs;
      const plan = aPlan(random, {
        records: refusedRecords.length + others.length,
        busyness: [
          { fromMs: 0, toMs, changes: random.int(...changes), records: refusedRecords },
          { fromMs: toMs, toMs: endMs, changes: random.int(...later), records: refusedRecords },
          { fromMs: 0, toMs: endMs, changes: random.int(10, 30), records: others },
        ],
        lateness: random.pick([1_000, minuteMs, 10 * minuteMs]),
        troubleEndsMs: endMs,
        operator: commandsOf(random, acts, random.int(...commands), endMs),
        invalid: random.chance(0.5) ? [random.pick([...refusedRecords, ...others])] : [],
        tended: true,
        crashes: random.pick([0, 0, 0.005, 0.03]),
        ...differs(random),
      });
      return {
        ...plan,
        spells: [refusal(plan, new Set(refusedRecords), toMs, random.pick([1, 1, 0.5])), ...plan.spells],
        expect: { parked: [refused], restWithinMs: 2 * hourMs },
      };
    },
  };
}

/** Whatever is written of these records is refused, until somebody mends it. */
function refusal(plan: Plan, records: ReadonlySet<number>, toMs: number, share = 1): Spell {
  const { destination: system } = endsOfFlow(plan.flow);
  return {
    text: 'refusing',
    fromMs: 0,
    toMs,
    system,
    operations: ['create', 'update', 'upsert'],
    records,
    share,
    fault: () => ({ kind: 'refused', as: 'no-such-field' }),
  };
}

function commandsOf(random: Random, acts: readonly ParkingAct[], count: number, toMs: number): OperatorAct[] {
  return Array.from({ length: count }, () => ({ atMs: random.between(0, toMs), act: random.pick(acts) }));
}

const released = ['release', 'release-key', 'release-all'] as const;

/** Outage, brown-out, refusals, crashes and killers, and operators who do what comes to their minds. */
const inAHurry: Scenario = {
  name: 'operators in a hurry',
  plan: (random) => {
    const lastsMs = hourMs;
    const records = random.int(4, 8);
    const all = Array.from({ length: records }, (_, index) => index);
    const plan = aPlan(random, {
      records,
      busyness: [
        { fromMs: 0, toMs: lastsMs, changes: random.int(40, 90), records: all },
        { fromMs: 0, toMs: lastsMs, changes: random.int(1, 3), records: [0, 1], remark: unacceptable },
      ],
      troubleEndsMs: lastsMs,
      killers: random.chance(0.3) ? [records - 1] : [],
      // With nobody else going through it can't be told from a function that always dies.
      killersMendedMs: lastsMs * 0.8,
      invalid: [random.pick(all)],
      crashes: random.pick([0, 0.003, 0.01]),
      ownFaults: random.pick([0, 0.003, 0.01]),
      twice: random.pick([0, 0, 0.2]),
      operator: commandsOf(random, parkingActs, random.int(10, 40), lastsMs),
      tended: true,
    });
    const { source, destination } = endsOfFlow(plan.flow);
    const spell = (mostMinutes: number, rest: Partial<Spell>): Spell => {
      const fromMs = random.between(0, lastsMs * 0.7);
      const toMs = fromMs + random.between(1, mostMinutes) * minuteMs;
      const system = random.pick([source, destination]);
      return { text: 'down', fromMs, toMs, system, share: 1, fault: downFault, ...rest };
    };
    const spells = [
      refusal(plan, new Set([1, 2, 3]), random.between(10, 50) * minuteMs),
      spell(5, {}),
      spell(20, { share: 0.4 }),
      noise(lastsMs, 0.02),
    ];
    const killed: Parked = { records: 'any', reason: /ended the function/ };
    return { ...plan, spells, expect: { parked: [refused, killed], restWithinMs: 4 * hourMs } };
  },
};

/** The destination is away, slow to return, or the flow is held; operators ask for events to be parked meanwhile. */
const askedToPark: Scenario = {
  name: 'asked to park in an outage',
  plan: (random) => {
    const toMs = random.between(5, 40) * minuteMs;
    const held: readonly OperatorAct[] = [
      { atMs: random.between(0, toMs), act: 'pause-flow' },
      { atMs: toMs, act: 'resume-flow' },
    ];
    const asked: readonly ParkingAct[] = ['park', 'park', 'park', 'release', 'release-key'];
    const plan = aPlan(random, {
      records: random.int(2, 6),
      busyness: [{ fromMs: 0, toMs, changes: random.int(10, 30) }],
      troubleEndsMs: toMs,
      operator: [...(random.chance(0.4) ? held : []), ...commandsOf(random, asked, random.int(3, 10), toMs)],
      tended: true,
    });
    const { destination: system } = endsOfFlow(plan.flow);
    const share = random.pick([0.5, 1]);
    const down: Spell = { text: 'down', fromMs: 0, toMs, system, share, fault: downFault };
    return { ...plan, spells: [down], expect: { parked: [], restWithinMs: 2 * hourMs } };
  },
};

/** What is parked, and what people do with it. */
export const parking: readonly Scenario[] = [
  refusing('parked and released', {
    lasts: [5, 30],
    bad: [1, 3],
    changes: [2, 12],
    later: [0, 3],
    commands: [0, 0],
    acts: released,
  }),
  refusing('released too early', {
    lasts: [15, 40],
    bad: [1, 3],
    changes: [2, 8],
    later: [0, 3],
    commands: [4, 12],
    acts: released,
  }),
  refusing(
    'a halted key with a long tail',
    { lasts: [10, 30], bad: [1, 1], changes: [20, 60], later: [5, 20], commands: [0, 3], acts: released },
    () => ({ afterDeadLetter: 'halt-key' }),
  ),
  refusing(
    'superseded',
    { lasts: [5, 20], bad: [1, 3], changes: [2, 8], later: [3, 10], commands: [0, 4], acts: released },
    () => ({ afterDeadLetter: 'continue' }),
  ),
  refusing(
    'the head is discarded',
    {
      lasts: [10, 30],
      bad: [1, 2],
      changes: [5, 20],
      later: [0, 5],
      commands: [2, 6],
      acts: ['discard', 'discard', 'release', 'erase'],
    },
    () => ({ afterDeadLetter: 'halt-key' }),
  ),
  askedToPark,
  inAHurry,
];
