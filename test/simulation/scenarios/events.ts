import type { Random } from '../machine/random.ts';
import type { Fault, Spell } from '../machine/weather.ts';
import { type Expectations, endsOfFlow, hourMs, minuteMs, type Plan, type Scenario } from '../plan.ts';
import { aPlan, downFault } from './common.ts';

type Parked = Expectations['parked'][number];

const attempts = (records: ReadonlySet<number>): Parked => ({ records, reason: /^attempts/, must: true });
const killed = (records: ReadonlySet<number>): Parked => ({ records, reason: /ended the function/, must: true });

/** Hours of traffic on linked records, so that each operation has others' answers; record 0 is the odd one. */
function withOddOne(random: Random, lastsMs: number, changes: number, differs: Partial<Plan> = {}): Plan {
  const records = random.int(4, 8);
  const others = Array.from({ length: records - 1 }, (_, index) => index + 1);
  const busyness = [
    { fromMs: 0, toMs: minuteMs, changes: random.int(1, 2), records: [0] },
    { fromMs: 0, toMs: lastsMs, changes, records: others },
  ];
  return aPlan(random, { records, linked: 1, busyness, troubleEndsMs: lastsMs, lateness: minuteMs, ...differs });
}

/** Whatever is done to record 0 at the destination fails, for as long as the run lasts. */
function poisonSpell(plan: Plan, fault: (random: Random) => Fault): Spell {
  const system = endsOfFlow(plan.flow).destination;
  return { text: 'poison', fromMs: 0, toMs: 1e12, system, records: new Set([0]), share: 1, fault };
}

const refusing = (): Fault => ({ kind: 'refused', as: 'internal-error' });
const landing = (random: Random): Fault => ({ kind: 'silence', done: random.pick(['before', 'late']) });

function poison(name: string, changesPerHour: number, fault: (random: Random) => Fault, isOut = false): Scenario {
  return {
    name: `poison, ${name}`,
    plan: (random) => {
      const lastsMs = 6 * hourMs;
      const plan = withOddOne(random, lastsMs, Math.ceil((changesPerHour * lastsMs) / hourMs));
      const fromMs = random.between(0.1, 2) * hourMs;
      const { destination: system } = endsOfFlow(plan.flow);
      const out: Spell = { text: 'down', fromMs, toMs: fromMs + 5 * minuteMs, system, share: 1, fault: downFault };
      const spells = [...(isOut ? [out] : []), poisonSpell(plan, fault)];
      return { ...plan, spells, expect: { parked: [attempts(new Set([0]))], restWithinMs: 4 * hourMs } };
    },
  };
}

function killer(name: string, killers: number, isOut: boolean): Scenario {
  return {
    name,
    plan: (random) => {
      const plan = withOddOne(random, 3 * hourMs, random.int(40, 80));
      const records = Array.from({ length: killers }, (_, index) => index);
      const fromMs = random.between(0, 5) * minuteMs;
      const { destination: system } = endsOfFlow(plan.flow);
      const down: Spell = { text: 'down', fromMs, toMs: fromMs + 5 * minuteMs, system, share: 1, fault: downFault };
      const expect = { parked: records.map((record) => killed(new Set([record]))), restWithinMs: 2 * hourMs };
      return { ...plan, killers: records, spells: isOut ? [down] : [], expect };
    },
  };
}

export const events: readonly Scenario[] = [
  poison('busy', 60, refusing),
  poison('quiet', 3, refusing),
  poison('landing late', 20, landing),
  poison('with an outage', 20, refusing, true),
  killer('a killer', 1, false),
  killer('two killers with an outage', 2, true),
];
