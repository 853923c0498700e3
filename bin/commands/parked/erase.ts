import { mapBounded } from '../../../functions/engine/map-bounded.ts';
import { type Erased, erase } from '../../../functions/parking/erase.ts';
import { type Context, defineCommand, type Given } from '../../command.ts';
import type { OpenStage } from '../../connect-stage.ts';
import { CommandError, exitCodes, UsageError } from '../../errors.ts';
import { localStage } from '../../open-stage.ts';
import { flowOption, stageOption, yesOption } from '../../options.ts';
import { unknownKey } from '../../parked/events.ts';
import { flowsNamed, type Part } from '../../parts.ts';
import { countOf, tableOf } from '../../tables.ts';

/** What there is of the key in one flow. */
interface Target {
  readonly flow: Part;
  /** Event id and what has become of it. */
  readonly events: readonly (readonly [eventId: string, status: string])[];
}

const elsewhere = [
  'Copies may remain: of events that are on their way, in the queues, for at most 14 days; of the data of large ones that',
  'were never parked, in their bucket, for 30 days; and in the backups of the parked table (point-in-time recovery, 35',
  'days). The key itself stays in the state table, as an id in names of items, and in logs. What the two systems hold is',
  'not touched.',
];

const options = {
  key: { type: 'string', value: 'KEY', help: 'the entity key: the id of the record that the events are about' },
  ...flowOption,
  ...yesOption,
  ...stageOption,
} as const;

/** `millrace parked erase --key K` */
export const eraseCommand = defineCommand({
  name: 'parked erase',
  summary: 'forget all that is parked of one key',
  synopsis: '--key KEY',
  help: () => [
    'Erases what the parked table holds of one entity key, settled events too: message and data, key, reason and note.',
    'What was not settled is never delivered.',
    ...elsewhere,
  ],
  options,
  run: eraseParked,
});

async function eraseParked({ values }: Given<typeof options>, context: Context): Promise<number> {
  const { key, flow, yes = false, stage: stageName = localStage } = values;
  if (key === undefined) throw new UsageError('--key is missing: name the entity key to erase.');
  const flows = flowsNamed(flow, context.integrations);
  const stage = await context.openStage(stageName);
  const targets = await targetsOf(stage, flows, key);
  if (targets.length === 0) throw await unknownKey(stage, flows, key);
  if (!yes && !(await agreed(targets, key, stageName, context))) throw new CommandError('Nothing was erased.');
  return context.terminal.interruptible(async (stop) => {
    const done: Erased[] = [];
    for (const { flow: part } of targets) {
      if (stop.aborted) break;
      done.push(await erase({ flow: part.name, subject: key }, stage.parkingOf(part.integration)));
    }
    return ended(done, targets.slice(done.length), context);
  });
}

/** Where the key has events: in the table, or in its list and on their way there. */
async function targetsOf(stage: OpenStage, flows: readonly Part[], key: string): Promise<Target[]> {
  const targets = await mapBounded(flows, 8, async (flow) => {
    const { lists, store } = stage.parkingOf(flow.integration);
    const [list, kept] = await Promise.all([lists.read(flow.name, key), store.ofKey(flow.name, key)]);
    const events = new Map<string, string>(list.events.map(({ eventId }) => [eventId, 'on its way here']));
    for (const { eventId, status } of kept) events.set(eventId, status);
    return { flow, events: [...events] };
  });
  return targets.filter(({ events }) => events.length > 0);
}

async function agreed(targets: readonly Target[], key: string, stage: string, { terminal }: Context): Promise<boolean> {
  const rows = targets.flatMap(({ flow, events }) => events.map(([eventId, status]) => [eventId, flow.name, status]));
  const what = `${countOf(rows.length, 'event')} of the key ${key} in stage ${stage}`;
  if (!terminal.interactive) throw new UsageError(`This erases ${what}. Add --yes to do so without being asked.`);
  terminal.print(tableOf(['Event', 'Flow', 'Status'], rows));
  return terminal.confirm(`Erase ${what}, for good?`);
}

function ended(done: readonly Erased[], left: readonly Target[], { terminal }: Context): number {
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  terminal.print(`Erased ${countOf(sum(done.map(({ erased }) => erased)), 'event')}.`);
  if (left.length > 0) {
    terminal.complain(
      `Interrupted: not yet in ${left.map(({ flow }) => flow.name).join(', ')}. Give the command again.`,
    );
    return exitCodes.interrupted;
  }
  const inProgress = sum(done.map((each) => each.inProgress));
  if (inProgress > 0) {
    throw new CommandError(
      `${countOf(inProgress, 'event')} could not be erased: delivery has them now. Give the command again in a minute.`,
    );
  }
  terminal.print(elsewhere.join('\n'));
  return exitCodes.done;
}
