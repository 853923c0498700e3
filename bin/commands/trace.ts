import { type Context, defineCommand, type Given } from '../command.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { localStage } from '../open-stage.ts';
import { stageOption } from '../options.ts';
import { flowsOf } from '../parts.ts';
import { countOf } from '../tables.ts';
import { type EventTrace, findEvents } from '../trace/find-events.ts';
import { type EventReport, reportOf } from '../trace/report.ts';
import { listOf, tellScan, timelineOf } from '../trace/timeline.ts';
import { traceToJson } from '../trace/to-json.ts';
import { unknownId } from '../trace/unknown-id.ts';

const usualSince = '24h';

/** Clocks of functions may be ahead of ours by so much. */
const aheadMs = 60_000;

const options = {
  since: { type: 'string', value: 'AGE', help: `how far back to look: 30min, 24h, 7d (default: ${usualSince})` },
  all: { type: 'boolean', help: 'where the id names several events, all of each instead of a list' },
  json: { type: 'boolean', help: 'print JSON, for scripts: all of each event' },
  ...stageOption,
} as const;

/** `millrace trace ID` */
export const traceCommand = defineCommand({
  name: 'trace',
  summary: 'one event, through everything that happened to it',
  word: { name: 'ID', required: true },
  help: () => [
    'Shows what happened to an event from its webhook on, in every flow: attempts, waits, what opened a breaker, parking,',
    "release, and the records on both sides. ID is the event's, a correlation id, or an entity key. The functions' logs are",
    'searched by FilterLogEvents, which is not charged by what it reads, but takes its time: --since bounds how far back.',
    'JSON keeps its shape: fields are only ever added.',
  ],
  options,
  run: traceEvent,
});

async function traceEvent({ word: id, values }: Given<typeof options>, context: Context): Promise<number> {
  const { since = usualSince, all, json, stage: name = localStage } = values;
  const { terminal, integrations, openStage, now } = context;
  const nowMs = now();
  const span = { fromMs: nowMs - ageOf(since), toMs: nowMs + aheadMs };
  const flows = flowsOf(integrations);
  const stage = await openStage(name);
  const { events, scan } = await terminal.showStep(`Looking for ${id}`, (say) =>
    findEvents(stage, flows, id, span, say),
  );
  if (events.length === 0) throw await unknownId(stage, flows, id, span, since);
  const chosen = all || json ? events : theOneOf(events);
  if (chosen === undefined) {
    terminal.print(`${listOf(events, terminal.columns)}\n\n${tellScan(scan, span)}`);
    return exitCodes.done;
  }
  const stageOption = name === localStage ? '' : ` --stage ${name}`;
  const reports: EventReport[] = [];
  for (const event of chosen) reports.push(await reportOf(event, { stage, integrations, span, stageOption, now }));
  const told = reports.map((report) => timelineOf(report, nowMs, terminal.columns)).join('\n\n\n');
  const others = events.length - chosen.length;
  const more = others === 0 ? '' : `\n\n${countOf(others, 'other event')} of it went into no flow; --all shows all.`;
  const text = json
    ? JSON.stringify(traceToJson(id, reports, scan, span), null, 2)
    : `${told}${more}\n\n${tellScan(scan, span)}`;
  terminal.print(text);
  return exitCodes.done;
}

/** Of what an id names, the only one that went into a flow, where there is such a one: echoes of our own writes did not. */
function theOneOf(events: readonly EventTrace[]): readonly EventTrace[] | undefined {
  const queued = events.filter(({ flows }) => flows.length > 0);
  if (events.length === 1) return events;
  return queued.length === 1 ? queued : undefined;
}

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `30min`. */
function ageOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(text) ?? [];
  const ms = Number(count) * (unitsMs[unit] ?? 0);
  if (ms > 0) return ms;
  throw new UsageError(`--since '${text}' is no age. Write it as 30min, 24h or 7d.`);
}
