import { paint } from '../paint.ts';
import type { Part } from '../parts.ts';
import { type Cell, durationOf, tableOf } from '../tables.ts';
import { type Finding, findingsOf, type Level, lateCount, percentOf } from './findings.ts';
import type { FlowStatus, StageStatus, SystemStatus } from './stage-status.ts';

type Symptom = Finding['symptom'];

/** How a stage does, on one screen: what an alarm would tell of stands out, and is told again below in words. */
export function screenOf(status: StageStatus, columns: number | undefined): string {
  const findings = findingsOf(status);
  const { stage, atMs, flows, systems } = status;
  const label = labelsOf([...flows.map(({ flow }) => flow), ...systems.map(({ system }) => system)]);
  const time = new Date(atMs).toISOString().replace('T', ' ').slice(0, 19);
  return [
    `millrace ${stage}, ${time} UTC`,
    flowTable(status, findings, label, columns),
    systemTable(status, findings, label, columns),
    findings.length === 0 ? 'All is well.' : findingsTable(findings, label, columns),
  ].join('\n\n');
}

/** A part's name; with its integration's where others have the same. */
type Label = (part: Part) => string;

/** Marks a cell where one of the symptoms was found of that part. */
function mark(text: string, of: Part, findings: readonly Finding[], ...symptoms: readonly Symptom[]): Cell {
  const levels = findings.filter((each) => each.of === of && symptoms.includes(each.symptom)).map(({ level }) => level);
  const style: Level | undefined = levels.includes('critical') ? 'critical' : levels[0];
  return style === undefined ? text : { text, style };
}

function labelsOf(parts: readonly Part[]): Label {
  return (part) => {
    const isUnique = parts.every((other) => other === part || other.name !== part.name);
    return isUnique ? part.name : `${part.integration}/${part.name}`;
  };
}

function flowTable(
  { flows, atMs: nowMs }: StageStatus,
  findings: readonly Finding[],
  label: Label,
  columns: number | undefined,
): string {
  const head = ['Flow', 'State', 'Queued', 'In flight', 'Oldest', 'Late', 'Parked', 'Dead letters'];
  const rows = flows.map(({ flow, held, queue, oldestSeconds, late, parked, deadLetters }) => {
    const state = held === undefined ? 'runs' : held === 'operator' ? 'paused' : 'held itself';
    const oldest = oldestSeconds === undefined ? '-' : durationOf(oldestSeconds * 1000);
    return [
      label(flow),
      mark(state, flow, findings, 'FlowHeld'),
      mark(String(queue.visible), flow, findings, 'QueueDepth'),
      String(queue.inFlight),
      mark(oldest, flow, findings, 'WaitingMessages', 'StuckMessages'),
      mark(lateCount(late), flow, findings, 'LateEvents'),
      mark(tellParked(parked, nowMs), flow, findings, 'ParkedEvents'),
      mark(String(deadLetters.visible + deadLetters.inFlight), flow, findings, 'AgingDeadLetters'),
    ];
  });
  return tableOf(head, rows, { columns, wraps: [6] });
}

/** `3 for 2 h, 1 behind, 1 releasing` */
function tellParked({ parked, waiting, releasing, oldestMs }: FlowStatus['parked'], nowMs: number): string {
  const since = oldestMs === undefined ? '' : ` for ${durationOf(nowMs - oldestMs)}`;
  const others = [...(waiting > 0 ? [`${waiting} behind`] : []), ...(releasing > 0 ? [`${releasing} releasing`] : [])];
  return [`${parked}${since}`, ...others].join(', ');
}

function systemTable(
  { systems, atMs: nowMs }: StageStatus,
  findings: readonly Finding[],
  label: Label,
  columns: number | undefined,
): string {
  const rows = systems.map((status) => {
    const { system } = status;
    const age = status.tokenIssuedMs === undefined ? '-' : durationOf(nowMs - status.tokenIssuedMs);
    return [
      label(system),
      mark(tellBreaker(status.breaker, nowMs), system, findings, 'BreakerOpen', 'AuthRefused'),
      mark(tellBudget(status.budget), system, findings, 'DailyBudget'),
      mark(age, system, findings, 'TokenAge'),
    ];
  });
  return tableOf(['System', 'Calls', 'Used of the day', 'Token age'], rows, { columns, wraps: [1] });
}

function tellBreaker(breaker: SystemStatus['breaker'], nowMs: number): string {
  if (breaker.state === 'closed') return 'run';
  const since = `for ${durationOf(nowMs - breaker.openedMs)}`;
  if (breaker.reason === 'operator') return `paused ${since}`;
  const why = breaker.reason === 'auth' ? 'it refuses our credentials' : 'it does not answer';
  const probe = breaker.probeMs > nowMs ? `in ${durationOf(breaker.probeMs - nowMs)}` : 'due';
  return `held back ${since}: ${why}; next probe ${probe}`;
}

function tellBudget(budget: SystemStatus['budget']): string {
  if (budget === undefined) return '-';
  const [used, percent] = [budget.used.toLocaleString('en'), percentOf(budget)];
  return percent === undefined ? used : `${used} of ${budget.max?.toLocaleString('en')} (${Math.floor(percent)} %)`;
}

/** The most urgent first. */
function findingsTable(findings: readonly Finding[], label: Label, columns: number | undefined): string {
  const inOrder = findings.toSorted((one, other) => one.level.localeCompare(other.level));
  const rows = inOrder.map(({ level, symptom, of, told }): Cell[] => [
    { text: level, style: level },
    label(of),
    symptom,
    told,
  ]);
  const where = paint('dim', 'docs/runbook.md has a heading for each of these, with what to do.');
  return `${tableOf(['Level', 'Flow or system', 'Symptom', 'Now'], rows, { columns, wraps: [3] })}\n${where}`;
}
