import { isSettled } from '../../../functions/contract/parked.ts';
import { type Context, defineCommand, type Given } from '../../command.ts';
import type { OpenStage } from '../../connect-stage.ts';
import { CommandError, exitCodes, UsageError } from '../../errors.ts';
import { localStage } from '../../open-stage.ts';
import { flowOption, stageOption, yesOption } from '../../options.ts';
import { findEvent, type Located, readList, readOfKey, readUnsettled, unknownKey } from '../../parked/events.ts';
import { type Releases, releaseEvents } from '../../parked/release-events.ts';
import { flowsNamed, type Part } from '../../parts.ts';
import { countOf, tableOf } from '../../tables.ts';

/** Released events a second. */
const usualRate = 10;
const highestRate = 100;

/** More lines than these are summed up. */
const longestTable = 50;

const options = {
  key: { type: 'string', value: 'KEY', help: 'what is parked of this entity key, in order' },
  all: { type: 'boolean', help: 'all that are parked, oldest first' },
  ...flowOption,
  rate: { type: 'string', value: 'N', help: `so many a second (default: ${usualRate}, at most ${highestRate})` },
  ...yesOption,
  ...stageOption,
} as const;

/** `millrace parked release ID | --key K | --all` */
export const releaseCommand = defineCommand({
  name: 'parked release',
  summary: 'send them back into their queue: one, a key, or all',
  synopsis: 'ID | --key KEY | --all',
  word: { name: 'ID', required: false },
  help: () => [
    'Sends parked events back into their queue, to be delivered as if they had just come: attempts begin anew. Mend the',
    'cause first; an event that fails again is parked again. Where a key halts, only the first of its events can be',
    'released, and the rest follows by itself. It may be repeated: what is released is not delivered twice. At most a',
    'hundred of a flow are on their way at once, so that live events never stand behind more of them.',
  ],
  options,
  run: releaseParked,
});

async function releaseParked({ word, values }: Given<typeof options>, context: Context): Promise<number> {
  const { key, all, flow, yes = false, stage: stageName = localStage } = values;
  const rate = rateOf(values.rate);
  if ([word || undefined, key, all].filter((each) => each !== undefined).length !== 1) {
    throw new UsageError('Name what to release: an ID, or --key, or --all.');
  }
  const flows = flowsNamed(flow, context.integrations);
  const stage = await context.openStage(stageName);
  const events = await chosen(stage, flows, word, key);
  if (events.length === 0) {
    context.terminal.print('Nothing is parked: there is nothing to release.');
    return exitCodes.done;
  }
  if (events.length > 1 && !yes && !(await agreed(events, rate, stageName, context))) {
    throw new CommandError('Nothing was released.');
  }
  return ended(await releaseEvents(stage, events, rate, context), events.length, context);
}

function rateOf(text: string | undefined): number {
  if (text === undefined) return usualRate;
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (rate > 0 && rate <= highestRate) return rate;
  throw new UsageError(`--rate '${text}' is no number above 0 and up to ${highestRate}.`);
}

/** What there is to release, in order. */
async function chosen(
  stage: OpenStage,
  flows: readonly Part[],
  eventId: string,
  key: string | undefined,
): Promise<readonly Located[]> {
  if (eventId !== '') return [await findEvent(stage, flows, eventId)];
  if (key !== undefined) return ofKey(stage, flows, key);
  const unsettled = await readUnsettled(stage, flows);
  return unsettled
    .filter(({ event }) => event.status === 'parked')
    .toSorted((one, other) => one.event.parkedMs - other.event.parkedMs);
}

/** Of each flow: the first of the key's list where it halts, else all of it. */
async function ofKey(stage: OpenStage, flows: readonly Part[], key: string): Promise<readonly Located[]> {
  const known = await readOfKey(stage, flows, key);
  if (known.length === 0) throw await unknownKey(stage, flows, key);
  const unsettled = known.filter(({ event }) => !isSettled(event.status));
  const perFlow = flows.map(async (flow) => {
    const events = unsettled.filter((each) => each.flow === flow);
    const [first] = events;
    const list = first && (await readList(stage, first));
    const place = new Map(list?.events.map(({ eventId }, index) => [eventId, index]));
    const inOrder = events.toSorted(
      (one, other) => (place.get(one.event.eventId) ?? 0) - (place.get(other.event.eventId) ?? 0),
    );
    return list?.halts ? inOrder.slice(0, 1) : inOrder;
  });
  return (await Promise.all(perFlow)).flat();
}

async function agreed(
  events: readonly Located[],
  rate: number,
  stage: string,
  { terminal }: Context,
): Promise<boolean> {
  const what = `${countOf(events.length, 'event')} of stage ${stage}`;
  if (!terminal.interactive) throw new UsageError(`This releases ${what}. Add --yes to do so without being asked.`);
  return terminal.confirm(`Release ${what}, ${rate} a second?`);
}

function ended({ outcomes, interrupted, failure }: Releases, all: number, { terminal }: Context): number {
  if (outcomes.length > 0) terminal.print(outcomes.length > longestTable ? summary(outcomes) : tableOfEach(outcomes));
  if (interrupted || failure !== undefined) {
    const how = interrupted ? 'Interrupted' : 'Stopped';
    terminal.complain(
      `${how} after ${outcomes.length} of ${all}. What was released goes its way; give the command again for the rest.`,
    );
  }
  if (failure !== undefined) throw failure;
  if (interrupted) return exitCodes.interrupted;
  terminal.print('\n`millrace parked list` shows what is left, or failed again.');
  return outcomes.every(({ ok }) => ok) ? exitCodes.done : exitCodes.failed;
}

function tableOfEach(outcomes: Releases['outcomes']): string {
  const rows = outcomes.map(({ flow, event, told }) => [event.eventId, flow.name, event.subject ?? '', told]);
  return tableOf(['Event', 'Flow', 'Key', 'What happened'], rows);
}

/** How many of each flow went well, and each that did not. */
function summary(outcomes: Releases['outcomes']): string {
  const well = Map.groupBy(
    outcomes.filter(({ ok }) => ok),
    ({ flow, told }) => `${flow.name}: ${told}`,
  );
  const rows = [...well].map(([what, { length }]) => [what, String(length)]);
  const rest = outcomes.filter(({ ok }) => !ok);
  const summed = tableOf(['What happened', 'Events'], rows);
  return rest.length === 0 ? summed : `${summed}\n${tableOfEach(rest)}`;
}
