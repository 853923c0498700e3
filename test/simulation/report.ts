import Table from 'cli-table3';
import type { Run } from './run.ts';

/** What was injected and seen in all runs of one scenario. */
export class Tally {
  readonly scenario: string;
  readonly faults = new Map<string, number>();
  readonly parked = new Map<string, number>();
  readonly failed: Run[] = [];
  runs = 0;
  events = 0;
  calls = 0;
  ownFaults = 0;
  crashes = 0;
  openings = 0;
  released = 0;
  superseded = 0;
  discarded = 0;
  virtualMs = 0;

  constructor(scenario: string) {
    this.scenario = scenario;
  }

  add(run: Run): void {
    this.runs += 1;
    this.virtualMs += run.endMs - run.startMs;
    if (run.violations.length > 0) this.failed.push(run);
    for (const entry of run.trace.entries) {
      if (entry.kind === 'queued') this.events += 1;
      else if (entry.kind === 'call') this.calls += 1;
      else if (entry.kind === 'our-fault') this.ownFaults += 1;
      else if (entry.kind === 'crashed') this.crashes += 1;
      else if (entry.kind === 'breaker' && entry.state === 'open' && !entry.probe) this.openings += 1;
      else if (entry.kind === 'answered' && entry.fault !== undefined) count(this.faults, entry.fault);
      else if (entry.kind === 'dead-letter' && !entry.swallowed) count(this.parked, reasonOf(entry.letter.reason));
      else if (entry.kind === 'released' && !entry.swallowed) this.released += 1;
      else if (entry.kind === 'parked' && entry.status === 'superseded') this.superseded += 1;
      else if (entry.kind === 'parked' && entry.status === 'discarded') this.discarded += 1;
    }
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The first words of a reason: those that say which rule it was. */
function reasonOf(reason: string): string {
  if (reason.startsWith('attempts')) return 'attempts';
  if (reason.startsWith('permanent')) return 'permanent';
  if (reason.startsWith('stands')) return 'halted';
  if (reason.startsWith('operator')) return 'asked for';
  if (reason.startsWith('invalid')) return 'invalid';
  return reason.startsWith('older') ? 'too old' : 'kills the function';
}

const head = [
  'scenario',
  'runs',
  'events',
  'calls',
  'faults',
  'of ours',
  'crashes',
  'openings',
  'parked',
  'released',
  'superseded',
  'discarded',
  'virtual days',
  'broken',
];

/** One line a scenario, and the sum. */
export function tableOf(tallies: readonly Tally[]): string {
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
  });
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const number = (value: number) => Math.round(value).toLocaleString('en');
  for (const tally of tallies) {
    const parked = [...tally.parked].map(([reason, times]) => `${times} ${reason}`).join('\n');
    const { runs, events, calls, ownFaults, crashes, openings, virtualMs, failed } = tally;
    const left = [tally.released, tally.superseded, tally.discarded, virtualMs / 86_400_000].map(number);
    const counts = [runs, events, calls, sumOf(tally.faults), ownFaults, crashes, openings].map(number);
    table.push([tally.scenario, ...counts, parked || '0', ...left, failed.length]);
  }
  const totals = [
    sum(({ runs }) => runs),
    sum(({ events }) => events),
    sum(({ calls }) => calls),
    sum(({ faults }) => sumOf(faults)),
    sum(({ ownFaults }) => ownFaults),
    sum(({ crashes }) => crashes),
    sum(({ openings }) => openings),
    sum(({ parked }) => sumOf(parked)),
    sum(({ released }) => released),
    sum(({ superseded }) => superseded),
    sum(({ discarded }) => discarded),
    sum(({ virtualMs }) => virtualMs / 86_400_000),
    sum(({ failed }) => failed.length),
  ];
  table.push(['all', ...totals.map(number)]);
  return table.toString();
}

/** Faults of the two systems, by kind. */
export function faultsOf(tallies: readonly Tally[]): string {
  const all = new Map<string, number>();
  for (const { faults } of tallies) for (const [fault, times] of faults) all.set(fault, (all.get(fault) ?? 0) + times);
  const sorted = [...all].toSorted(([, one], [, other]) => other - one);
  return sorted.map(([fault, times]) => `${times.toLocaleString('en')} ${fault}`).join(' · ');
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, times) => total + times, 0);
}

/** What a run broke, and how to see it again. */
export function failureOf({ scenario, seed, violations, startMs }: Run): string {
  const lines = violations.slice(0, 5).map(({ invariant, detail, atMs }) => {
    const at = atMs === undefined ? '' : ` at ${((atMs - startMs) / 1000).toFixed(3)} s`;
    return `  broke "${invariant}"${at}: ${detail}`;
  });
  const again = `npm run simulate -- --only ${JSON.stringify(scenario)} --seed ${seed} --trace`;
  return [`${scenario}, seed ${seed}:`, ...lines, `  again: ${again}`].join('\n');
}

/** A run, step by step; messages are named by their events. */
export function traceOf({ trace, startMs }: Run): string {
  const labels = new Map(trace.of('queued').map(({ messageId, event }) => [messageId, event]));
  return trace.entries
    .map(({ atMs, kind, ...rest }) => {
      const facts = Object.entries(rest).filter(([name, value]) => value !== undefined && name !== 'correlationId');
      const text = facts
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(' ');
      const named = text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => labels.get(id) ?? id);
      return `${((atMs - startMs) / 1000).toFixed(3).padStart(12)}  ${kind.padEnd(12)} ${named}`;
    })
    .join('\n');
}
