import type { Fault, Spell } from '../machine/weather.ts';
import { type Expectations, endsOfFlow, hourMs, minuteMs, type Scenario } from '../plan.ts';
import { unacceptable } from '../systems/system.ts';
import { aPlan, downFault } from './common.ts';

type Parked = Expectations['parked'][number];

const refused = (records: ReadonlySet<number>): Parked => ({ records, reason: /^permanent failure/, must: true });

function badRecord(name: string, isMended: boolean): Scenario {
  return {
    name,
    plan: (random) => {
      const records = random.int(3, 8);
      const traffic = {
        fromMs: 0,
        toMs: 20 * minuteMs,
        changes: random.int(20, 40),
        records: Array.from({ length: records - 1 }, (_, index) => index + 1),
      };
      const bad = { fromMs: 0, toMs: 10 * minuteMs, changes: 1, records: [0], remark: unacceptable };
      const mended = { fromMs: 10 * minuteMs, toMs: 20 * minuteMs, changes: random.int(1, 4), records: [0] };
      const plan = aPlan(random, {
        records,
        busyness: [traffic, bad, ...(isMended ? [mended] : [])],
        troubleEndsMs: 20 * minuteMs,
        lateness: 10_000,
      });
      return { ...plan, expect: { parked: [{ ...refused(new Set([0])), must: false }], restWithinMs: hourMs } };
    },
  };
}

/** Somebody renames a field: every write is refused until it is mended, and an operator lets the flow go on. */
function renamedField(name: string, isBusy: boolean): Scenario {
  return {
    name,
    plan: (random) => {
      const fromMs = random.between(1, 10) * minuteMs;
      const toMs = fromMs + random.between(20, 60) * minuteMs;
      const records = isBusy ? random.int(20, 40) : random.int(8, 12);
      const steady = { fromMs: 0, toMs, changes: random.int(60, 100) };
      const burst = { fromMs, toMs: fromMs + random.between(200, 5_000), changes: records };
      const busyness = isBusy ? [burst] : [steady];
      const plan = aPlan(random, { records, linked: 1, busyness, troubleEndsMs: toMs + minuteMs, lateness: 10_000 });
      const { destination: system } = endsOfFlow(plan.flow);
      const fault = (): Fault => ({ kind: 'refused', as: 'no-such-field' });
      const parked: Parked = {
        records: 'any',
        reason: /^permanent failure/,
        codes: /INVALID_FIELD|parameter_unknown/,
        atMost: isBusy ? 10 : 6,
      };
      return {
        ...plan,
        spells: [
          { text: 'renamed', fromMs, toMs, system, operations: ['create', 'update', 'upsert'], share: 1, fault },
        ],
        operator: [{ atMs: toMs + minuteMs, act: 'resume-flow' }],
        expect: { parked: [parked], restWithinMs: hourMs, held: true },
      };
    },
  };
}

/** Some records are bad, one every few seconds, while others go through: that is no renamed field. */
const badImport: Scenario = {
  name: 'bad records among good ones',
  plan: (random) => {
    const bad = Array.from({ length: random.int(5, 9) }, (_, record) => record);
    const good = Array.from({ length: 6 }, (_, index) => bad.length + index);
    const toMs = bad.length * 3_000;
    const each = bad.map((record) => ({
      fromMs: (record + 0.5) * 3_000,
      toMs: (record + 0.6) * 3_000,
      changes: 1,
      records: [record],
      remark: unacceptable,
    }));
    const between = bad.map((record) => ({
      fromMs: record * 3_000,
      toMs: (record + 0.3) * 3_000,
      changes: 3,
      records: good,
    }));
    const plan = aPlan(random, {
      records: bad.length + good.length,
      busyness: [...each, ...between],
      troubleEndsMs: toMs,
      lateness: 1_000,
      // Repeated long after, when nothing else goes through, they would be refusals in a row.
      duplicates: 0,
      linked: 1,
    });
    return { ...plan, expect: { parked: [refused(new Set(bad))], restWithinMs: hourMs, held: false } };
  },
};

const deletions: Scenario = {
  name: 'records deleted at either end',
  plan: (random) => {
    const plan = aPlan(random, { deletions: random.int(1, 3) });
    const gone: Parked = { records: 'any', reason: /^permanent failure/, codes: /resource_missing|ENTITY_IS_DELETED/ };
    const share = random.pick([0, 0.2]);
    const spells: Spell[] = [{ text: 'noise', fromMs: 0, toMs: plan.troubleEndsMs, share, fault: downFault }];
    return { ...plan, spells, expect: { ...plan.expect, parked: [gone], restWithinMs: 4 * hourMs } };
  },
};

/** The answer to a create is lost, and somebody deletes what it made before we look: it is not made again. */
const deletedUnseen: Scenario = {
  name: 'made unseen, and deleted',
  plan: (random) => {
    const plan = aPlan(random, { flow: 'account-to-stripe-customer', linked: 0, deletedWhenMade: 0.7 });
    const gone: Parked = { records: 'any', reason: /^permanent failure/, codes: /resource_missing/ };
    const lost: Spell = {
      text: 'answers lost',
      fromMs: 0,
      toMs: plan.troubleEndsMs,
      system: 'stripe',
      operations: ['create'],
      share: 0.7,
      fault: (chance) => chance.pick<Fault>([...lostAnswers]),
    };
    return { ...plan, spells: [lost], expect: { ...plan.expect, parked: [gone] } };
  },
};

const lostAnswers: readonly Fault[] = [
  { kind: 'refused', as: 'internal-error', done: true },
  { kind: 'reset', done: 'before' },
  { kind: 'silence', done: 'late' },
];

/** Records that the other side refuses for good, and records that are deleted. */
export const records: readonly Scenario[] = [
  badRecord('a bad record', false),
  badRecord('a bad record, mended under traffic', true),
  badImport,
  renamedField('a renamed field', false),
  renamedField('a renamed field, busy', true),
  deletions,
  deletedUnseen,
];
