import type { Check, Violation } from '../checker.ts';
import { endsOfFlow } from '../plan.ts';
import { versionIn } from '../systems/system.ts';

/** One destination record per source record, never an older state over a newer one, and the newest at the end. */
export const destinationChecks: Check = (world) => [
  ...orderChecks(world),
  ...onceChecks(world),
  ...newestChecks(world),
];

const orderChecks: Check = ({ trace }) => {
  const violations: Violation[] = [];
  const newest = new Map<string, number>();
  for (const { id, record, version, atMs } of trace.of('applied')) {
    const before = newest.get(id) ?? -1;
    if (version < before) {
      const detail = `${id} (record ${record}) went from v${before} back to v${version}`;
      violations.push({ invariant: 'states of one record are applied in order', detail, atMs });
    }
    newest.set(id, Math.max(before, version));
  }
  return violations;
};

const onceChecks: Check = ({ trace, plan, systems, people }) => {
  const violations: Violation[] = [];
  const ids = Map.groupBy(trace.of('created'), ({ record }) => record);
  const { destination } = endsOfFlow(plan.flow);
  for (let record = 0; record < plan.records; record += 1) {
    const made = ids.get(record) ?? [];
    const old = [...systems[destination].records.keys()].filter((id) => id === oldId(destination, record));
    const all = [...old, ...made.map(({ id }) => id)];
    if (all.length > 1) {
      const detail = `record ${record} (${people.sourceId(record)}) has ${all.join(' and ')}`;
      violations.push({
        invariant: 'one destination record for each source record',
        detail,
        atMs: made.at(-1)?.atMs ?? 0,
      });
    }
  }
  return violations;
};

function oldId(destination: string, record: number): string {
  return destination === 'stripe' ? `cus_old${record}` : `001OLD${String(record).padStart(9, '0')}AAA`;
}

/**
 * A record holds the newest state, unless the event that told of it is parked, or an operator gave it up. What was
 * superseded is no excuse: the state that took its place is as new, or newer.
 */
const newestChecks: Check = ({ trace, plan, systems, people, isAtRest, parkedItems }) => {
  if (!isAtRest) return [];
  const violations: Violation[] = [];
  const { source, destination } = endsOfFlow(plan.flow);
  const excused = parkedItems.filter(({ status }) => status !== 'delivered' && status !== 'superseded');
  const parkedIds = new Set(excused.map(({ eventId }) => eventId));
  const queued = Map.groupBy(trace.of('queued'), ({ record }) => record);
  const deleted = new Set(trace.of('deleted').map(({ record }) => record));
  for (const [record, events] of queued) {
    const sourceFields = systems[source].records.get(people.sourceId(record));
    if (sourceFields === undefined || deleted.has(record)) continue;
    const tellsNewest = `evt-${record}.${people.version(record)}`;
    if (events.some(({ event }) => event === tellsNewest && parkedIds.has(event))) continue;
    const link = sourceFields[source === 'salesforce' ? 'Stripe_Customer_Id__c' : 'metadata[salesforce_account_id]'];
    const fields = systems[destination].records.get(link ?? '');
    const holds = versionIn(fields?.[destination === 'stripe' ? 'name' : 'Name'])?.version;
    const newest = people.version(record);
    if (holds === newest) continue;
    const detail = `record ${record} is at v${newest}, ${link ?? 'no record'} at the destination holds v${holds}`;
    violations.push({ invariant: 'the destination ends with the newest state', detail });
  }
  return violations;
};
