import type { StateTable } from '../../../functions/contract/state-table.ts';
import { createHealth } from '../../../functions/state/health.ts';
import { endsOfFlow, hourMs, type OperatorAct } from '../plan.ts';
import type { World } from '../run.ts';
import { type SystemName, versionIn } from '../systems/system.ts';
import { integrationName } from './parking-ports.ts';
import type { Random } from './random.ts';

const sweepEveryMs = 12 * hourMs;

/** What operators and the systems' own people do at set times, and the deletions at either end. */
export function operate(world: World, random: Random): void {
  const { plan, scheduler, table, trace, people } = world;
  const startMs = scheduler.nowMs;
  for (const { atMs, act } of plan.operator) {
    // All is not over before they have done what they are going to do.
    people.outstanding += 1;
    scheduler.at(startMs + atMs, () => {
      people.outstanding -= 1;
      trace.add({ kind: 'weather', text: `operator: ${act}` });
      carryOut(act, world);
    });
  }
  if (Number.isFinite(plan.killersMendedMs)) scheduler.at(startMs + plan.killersMendedMs, () => people.killers.clear());
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

/** `millrace resume`. */
export function resume(table: StateTable, flow: string): Promise<void> {
  return hold(table, flow, undefined);
}

async function hold(table: StateTable, flow: string, reason: string | undefined): Promise<void> {
  const health = createHealth(table, integrationName);
  await health.replaceHold(flow, await health.readHold(flow), { reason, refused: undefined });
}

function carryOut(act: OperatorAct['act'], { plan, table, tokens, operators }: World): void {
  if (act === 'pause-flow') void hold(table, plan.flow, 'operator');
  else if (act === 'resume-flow') void resume(table, plan.flow);
  else if (act === 'end-session') tokens.replace('salesforce');
  else if (act === 'replace-key') tokens.replace('stripe');
  else operators.act(act);
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
