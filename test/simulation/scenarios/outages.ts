import type { Random } from '../machine/random.ts';
import type { Fault, Spell } from '../machine/weather.ts';
import { endsOfFlow, hourMs, minuteMs, type Plan, type Scenario, secondMs } from '../plan.ts';
import { aPlan, downFault } from './common.ts';

interface OutageKind {
  readonly name: string;
  readonly busy?: boolean;
  readonly atSource?: boolean;
  readonly beginsAsBrownOut?: boolean;
  fault?(random: Random): Fault;
}

/** A system is away for one to five minutes; nothing is lost, parked or done twice, and the backlog moves at once. */
function outage({ name, busy, atSource, beginsAsBrownOut, fault = downFault }: OutageKind): Scenario {
  return {
    name: `outage, ${name}`,
    plan: (random): Plan => {
      const fromMs = random.between(0, 60) * secondMs;
      const toMs = fromMs + random.between(1, 5) * minuteMs;
      const records = random.int(2, 10);
      const traffic = busy
        ? { fromMs: 0, toMs: toMs + minuteMs, changes: random.int(20, 60) }
        : { fromMs, toMs, changes: random.int(1, 3) };
      const plan = aPlan(random, { records, busyness: [traffic], lateness: 1_000, troubleEndsMs: toMs });
      const { source, destination } = endsOfFlow(plan.flow);
      const system = atSource ? source : destination;
      const down: Spell = { text: 'down', fromMs, toMs, system, share: 1, fault };
      const before = { ...down, text: 'brown-out', fromMs: Math.max(0, fromMs - minuteMs), toMs: fromMs, share: 0.4 };
      const quickRest = { parked: [], restWithinMs: hourMs, returnAtMs: toMs };
      return { ...plan, spells: beginsAsBrownOut ? [before, down] : [down], expect: quickRest };
    },
  };
}

export const outages: readonly Scenario[] = [
  outage({ name: 'busy', busy: true }),
  outage({ name: 'quiet' }),
  outage({
    name: 'hanging',
    busy: true,
    fault: (random) => ({ kind: 'silence', done: random.pick(['never', 'before', 'late']) }),
  }),
  outage({
    name: 'hanging, quiet',
    fault: (random) => ({ kind: 'silence', done: random.pick(['never', 'before', 'late']) }),
  }),
  outage({ name: 'beginning as a brown-out', busy: true, beginsAsBrownOut: true }),
  outage({ name: 'at the source', busy: true, atSource: true }),
  outage({ name: 'at the source, quiet', atSource: true }),
];
