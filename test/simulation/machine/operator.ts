import { endsOfFlow, hourMs } from '../plan.ts';
import type { World } from '../run.ts';
import { type SystemName, versionIn } from '../systems/system.ts';
import type { Random } from './random.ts';

const sweepEveryMs = 12 * hourMs;

/** What operators and the systems' own people do at set times, and the deletions at either end. */
export function operate(world: World, random: Random): void {
  const { plan, scheduler, table, tokens, trace } = world;
  const startMs = scheduler.nowMs;
  for (const { atMs, act } of plan.operator) {
    scheduler.at(startMs + atMs, () => {
      trace.add({ kind: 'weather', text: `operator: ${act}` });
      if (act === 'resume-flow') void table.put(`hold:simulation:${plan.flow}`, {});
      else tokens.replace(systemOf(act));
    });
  }
  // DynamoDB forgets what has expired at its leisure.
  const sweep = () => {
    table.sweep(scheduler.nowMs);
    scheduler.at(scheduler.nowMs + sweepEveryMs, sweep);
  };
  sweep();
  for (let nth = 0; nth < plan.deletions; nth += 1) {
    scheduler.at(startMs + random.between(0, plan.troubleEndsMs), () => remove(world, random));
  }
}

function systemOf(act: 'end-session' | 'replace-key'): SystemName {
  return act === 'end-session' ? 'salesforce' : 'stripe';
}

/** Somebody deletes a record. An Account that no customer knows of yet is left: an upsert could not tell. */
function remove(world: World, random: Random): void {
  const { plan, systems } = world;
  const { source, destination } = endsOfFlow(plan.flow);
  const system = destination === 'stripe' ? random.pick([source, destination]) : source;
  const ids = [...systems[system].records.keys()];
  if (ids.length > 0) removeRecord(world, system, random.pick(ids));
}

/** Deletes one record, and tells of it. */
export function removeRecord(
  world: Pick<World, 'plan' | 'systems' | 'trace' | 'people'>,
  system: SystemName,
  id: string,
) {
  const { plan, systems, trace, people } = world;
  const { name, Name } = systems[system].records.get(id) ?? {};
  const record = versionIn(name ?? Name)?.record;
  if (record === undefined) return;
  systems[system].remove(id);
  if (system === endsOfFlow(plan.flow).source) people.forget(record);
  trace.add({ kind: 'deleted', record, system, id });
}
