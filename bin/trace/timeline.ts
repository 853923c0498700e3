import { paint, type Style } from '../paint.ts';
import { type Cell, countOf, durationOf, tableOf } from '../tables.ts';
import type { EventTrace } from './find-events.ts';
import { type EventReport, type FlowReport, factsOf } from './report.ts';
import type { Scan, Span } from './stage-logs.ts';
import { stateOf } from './state.ts';
import type { Step } from './steps.ts';
import { clockTime, spanOf } from './times.ts';

/** Everything about one event: what it is, what happened in each flow, and what that came to. */
export function timelineOf(report: EventReport, nowMs: number, columns: number | undefined): string {
  return [factTable(report, nowMs, columns), ...report.flows.map((flow) => flowOf(report, flow, columns))].join('\n\n');
}

function factTable(report: EventReport, nowMs: number, columns: number | undefined): string {
  const { eventId, eventType, subject, correlationId, receivedMs, unqueued } = report;
  const received = `${new Date(receivedMs).toISOString()} (${durationOf(nowMs - receivedMs)} ago)`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Event', eventId],
    ['Type', eventType],
    ['Key', subject],
    ['Correlation id', correlationId],
    ['Received', received],
    ['Outcome', unqueued],
  ];
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return tableOf([], rows, { columns, wraps: [1] });
}

function flowOf({ subject }: EventReport, report: FlowReport, columns: number | undefined): string {
  const { flow, ends, destinationId, verdict, state } = report;
  const steps = withoutRepeats(report.steps);
  const begin = steps[0]?.atMs ?? 0;
  const times = steps.map(({ atMs }) => atMs);
  const rows = steps.map(({ atMs, told, entry }, index): Cell[] => {
    const before = times.slice(0, index).findLast((time) => time !== undefined);
    return [
      atMs === undefined ? '' : clockTime(atMs),
      atMs === undefined || index === 0 ? '' : `+${spanOf(atMs - begin)}`,
      atMs === undefined || before === undefined ? '' : spanOf(atMs - before),
      styled(told, entry),
    ];
  });
  const from = ends && `${ends.source.system} ${ends.source.object} ${subject ?? ''}`.trim();
  const to = ends && [ends.destination.system, ends.destination.object, destinationId].filter(Boolean).join(' ');
  const table = tableOf(['Time (UTC)', 'Since', 'After', 'What happened'], rows, { columns, wraps: [3] });
  return [ends === undefined ? flow : `${flow}: ${from} -> ${to}`, table, conclusion(verdict, state)].join('\n');
}

/** So often in a row a deferral is told one by one; an outage of days has thousands. */
const mostRepeats = 3;

/** Of a long row of deferrals for one reason, the first and the last. */
function withoutRepeats(steps: readonly Step[]): Step[] {
  const shown: Step[] = [];
  for (let first = 0; first < steps.length; ) {
    const begins = steps[first];
    const end = steps.findIndex((step, index) => index > first && !isRepeat(begins, step));
    const row = steps.slice(first, end === -1 ? steps.length : end);
    const last = row.at(-1);
    if (row.length <= mostRepeats || begins === undefined || last === undefined) shown.push(...row);
    else shown.push(begins, { ...last, told: `${row.length} times the same, the last of them: ${last.told}` });
    first += row.length;
  }
  return shown;
}

function isRepeat(one: Step | undefined, other: Step): boolean {
  const isDeferral = one?.entry?.message === 'delivery deferred' && other.entry?.message === 'delivery deferred';
  return isDeferral && one.entry.code === other.entry.code;
}

function styled(text: string, entry: Step['entry']): Cell {
  const styles: Readonly<Record<string, Style>> = {
    'attempt failed': 'warning',
    'flow held': 'critical',
    'event dead-lettered': 'critical',
  };
  const style = styles[entry?.message ?? ''];
  return style === undefined ? text : { text, style };
}

function conclusion(verdict: string, state: FlowReport['state']): string {
  if (state === 'parked') return paint('critical', verdict);
  return ['queued', 'parking', 'waiting', 'releasing'].includes(state) ? paint('warning', verdict) : verdict;
}

/** More lines than these are cut, the older ones first. */
const longestList = 50;

/** Several events that one id names, the newest last. */
export function listOf(events: readonly EventTrace[], columns: number | undefined): string {
  const shown = events.slice(-longestList);
  const rows = shown.map((event) => {
    const { eventId, eventType, receivedMs, unqueued } = factsOf(event);
    const states = event.flows.map((trace) => `${stateOf(trace).name} (${trace.flow.name})`);
    const received = new Date(receivedMs).toISOString().replace('T', ' ').slice(0, 19);
    return [received, eventId, eventType ?? '', unqueued ?? states.join(', ')];
  });
  const table = tableOf(['Received (UTC)', 'Event', 'Type', 'State'], rows, { columns, wraps: [3] });
  const left = events.length - shown.length;
  const rest = left > 0 ? `, and ${left} before these` : '';
  return `${table}\n\n${countOf(shown.length, 'event')}${rest}. \`millrace trace EVENT\` tells all of one, --all of each.`;
}

/** What was looked through, and what was not. */
export function tellScan({ groups, requests, cutShort }: Scan, { fromMs }: Span): string {
  const since = new Date(fromMs).toISOString().replace('T', ' ').slice(0, 16);
  const looked = `Looked through the logs of ${countOf(groups, 'function')} since ${since} UTC (${countOf(requests, 'request')}), and the state.`;
  const cut = cutShort.map(
    ({ group, atMs }) => `${group} has more lines than are looked through: it was read until ${clockTime(atMs)} UTC.`,
  );
  const advice = cut.length === 0 ? [] : ['Give a shorter --since.'];
  return paint('dim', [looked, ...cut, ...advice].join('\n'));
}
