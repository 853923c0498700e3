import { isSettled } from '../../../functions/contract/parked.ts';
import { mapBounded } from '../../../functions/engine/map-bounded.ts';
import { type Context, defineCommand } from '../../command.ts';
import type { OpenStage } from '../../connect-stage.ts';
import { exitCodes } from '../../errors.ts';
import { localStage } from '../../open-stage.ts';
import { flowOption, stageOption } from '../../options.ts';
import { type Located, readList, readOfKey, readUnsettled } from '../../parked/events.ts';
import { flowsNamed } from '../../parts.ts';
import { countOf, durationOf, tableOf, widthOf } from '../../tables.ts';

/** A line of the list. */
interface Line extends Located {
  /** What must go before it, where its key's list halts. */
  readonly behind: string | undefined;
}

/** `millrace parked list` */
export const listCommand = defineCommand({
  name: 'parked list',
  summary: 'what is parked, and why',
  help: () => [
    'Lists the events that left their queue without being delivered and are not settled yet, by flow, oldest first:',
    '`parked` ones need somebody, `waiting` ones only stand behind one of their key, `releasing` ones are in the queue.',
  ],
  options: {
    ...flowOption,
    key: { type: 'string', value: 'KEY', help: 'only events of this entity key' },
    json: { type: 'boolean', help: 'print JSON, for scripts' },
    ...stageOption,
  },
  async run({ values: { flow, key, json, stage: stageName = localStage } }, context) {
    const flows = flowsNamed(flow, context.integrations);
    const stage = await context.openStage(stageName);
    const found = key === undefined ? await readUnsettled(stage, flows) : await readOfKey(stage, flows, key);
    const lines = await withThoseBefore(
      stage,
      found.filter(({ event }) => !isSettled(event.status)),
    );
    if (json) context.terminal.print(JSON.stringify(lines.map(toJson), null, 2));
    else if (lines.length === 0) context.terminal.print(emptyText(flow, key));
    else context.terminal.print(listOf(lines, context));
    return exitCodes.done;
  },
});

/** One read for each key that something waits behind. */
async function withThoseBefore(stage: OpenStage, found: readonly Located[]): Promise<Line[]> {
  const keyOf = ({ flow, event }: Located) => JSON.stringify([flow.integration, flow.name, event.subject]);
  const waiting = new Map(found.filter(({ event }) => event.status === 'waiting').map((each) => [keyOf(each), each]));
  const heads = new Map(
    await mapBounded([...waiting], 8, async ([key, each]) => {
      const list = await readList(stage, each);
      return [key, list?.events[0]?.eventId] as const;
    }),
  );
  return found.map((each) => {
    const head = each.event.status === 'waiting' ? heads.get(keyOf(each)) : undefined;
    return { ...each, behind: head === each.event.eventId ? undefined : head };
  });
}

function listOf(lines: readonly Line[], context: Context): string {
  const { columns = Number.POSITIVE_INFINITY } = context.terminal;
  const whole = tableOfLines(lines, columns, context);
  const needing = lines.filter(({ event }) => event.status === 'parked').length;
  const counts = `${countOf(lines.length, 'event')}, ${needing} parked. \`millrace parked show EVENT\` tells all of one.`;
  return `${widthOf(whole) <= columns ? whole : flowByFlow(lines, columns, context)}\n\n${counts}`;
}

/** For a terminal that is too narrow to say the flow in every line. */
function flowByFlow(lines: readonly Line[], columns: number, context: Context): string {
  const flows = Map.groupBy(lines, ({ flow }) => flow.name);
  return [...flows].map(([name, own]) => `${name}\n${tableOfLines(own, columns, context, false)}`).join('\n\n');
}

function tableOfLines(lines: readonly Line[], columns: number, { now }: Context, withFlow = true): string {
  const head = ['Event', 'Flow', 'Key', 'Status', 'Reason', 'Attempts', 'Since', 'Generation'];
  const rows = lines.map(({ flow, event, behind }) => [
    event.eventId,
    flow.name,
    event.subject ?? '',
    behind === undefined ? event.status : `${event.status} behind ${behind}`,
    event.letter.reason,
    String(event.letter.attempts),
    durationOf(now() - event.parkedMs),
    String(event.generation),
  ]);
  const shown = withFlow ? [head, ...rows] : [head, ...rows].map((row) => row.toSpliced(1, 1));
  const [names = [], ...cells] = shown;
  return tableOf(names, cells, { columns, wraps: [names.indexOf('Reason'), names.indexOf('Status')] });
}

function emptyText(flow: string | undefined, key: string | undefined): string {
  const [ofKey, inFlow] = [key === undefined ? '' : ` of the key ${key}`, flow === undefined ? '' : ` in ${flow}`];
  return `Nothing is parked${ofKey}${inFlow}.`;
}

function toJson({ flow, event, behind }: Line) {
  const { eventId, subject, eventType, status, generation, letter, parkedMs } = event;
  return {
    event: eventId,
    integration: flow.integration,
    flow: flow.name,
    key: subject,
    type: eventType,
    status,
    behind,
    generation,
    ...letter,
    parkedAt: new Date(parkedMs).toISOString(),
  };
}
