import Table from 'cli-table3';
import { percentilesOf } from '../percentiles.ts';
import type { Batches } from './batches.ts';
import { type Compared, sum, type Tally } from './compare.ts';
import { seeds } from './histories.ts';
import { type Cost, costsOf } from './prices.ts';

const style = { head: [], border: [], compact: true };
const aligned = (columns: number) => ['left' as const, ...Array.from({ length: columns - 1 }, () => 'right' as const)];

/** How to read the tables. */
export const notes = `Beside the textbook: histories of the simulation on its virtual clock, ${seeds.length} seeds each, the same for both; a cell
is textbook | Millrace. No table says anything of the time that code takes.
The textbook is Powertools' SqsFifoPartialProcessorAsync with makeIdempotent, all defaults, on a queue with a visibility
timeout of 180 s and 5 receives, then SQS's own redrive. It makes the same calls as Millrace's connectors, re-reads the
record as Millrace does, and creates under the event's id; its idempotency key is the event's id, too.
Lost: neither delivered nor parked. Double: a second destination record. Out of order: an older state was written over a
newer one, or stands at the end though the event that told of the newest was not parked. Wrongly parked: what stood in
the way passed by itself; right to park are an event that kills the function, poison, a bad record, what was deleted, and
what was itself refused for a renamed field.
Calls take 20-200 ms, DynamoDB and SQS 2-12 ms. A write or read unit is one item below 1 KB. Costs: us-east-1, 512 MB,
arm64, of the delivery and the receiver's send; polls that find nothing and cold starts are left out. In a quiet pipeline
each event bears the notes that a container makes at most once in 10 s.
Two limits are known: a brown-out of several hours can park an event; poison in an operation that nobody else uses waits
for an operator, or 12 days.`;

/** What went wrong, scenario by scenario. */
export function faultTable(compared: readonly Compared[]): string {
  const head = ['Scenario', 'events', 'lost', 'double', 'out of order', 'wrongly parked', 'parked in all'];
  const table = new Table({
    head: [...head, 'calls/event', 'billed ms/event', 'writes/event', 'broken seeds of ours'],
    colAligns: aligned(11),
    style,
  });
  const total = {
    name: 'total',
    textbook: sum(compared.map(({ textbook }) => textbook)),
    millrace: sum(compared.map(({ millrace }) => millrace)),
  };
  for (const { name, ...both } of [...compared, total]) {
    const pair = (figure: (tally: Tally) => string | number) => pairOf(both, figure);
    table.push([
      name,
      both.millrace.events,
      pair(({ faults }) => faults.lost),
      pair(({ faults }) => faults.double),
      pair(({ faults }) => faults.outOfOrder),
      pair(({ faults }) => faults.wronglyParked),
      pair(({ faults }) => faults.parked),
      pair(({ calls, events }) => (calls / events).toFixed(1)),
      pair(({ meter, events }) => (meter.billedMs / events).toFixed(0)),
      pair(({ meter, events }) => (meter.writeUnits / events).toFixed(1)),
      both.millrace.broken.join(' '),
    ]);
  }
  return table.toString();
}

/** How it goes on after the destination was away for five minutes. */
export function outageTable(compared: readonly Compared[]): string {
  const table = new Table({
    head: [
      'Destination away for 5 min',
      'drained after s, median',
      'longest',
      'calls while down',
      'probes while down',
      'parked',
      'billed ms/event',
      'writes/event',
    ],
    colAligns: aligned(8),
    style,
  });
  for (const { name, ...both } of compared) {
    const pair = (figure: (tally: Tally) => string | number) => pairOf(both, figure);
    table.push([
      name,
      pair(({ drainMs }) => seconds(percentilesOf(drainMs).p50)),
      pair(({ drainMs }) => seconds(Math.max(...drainMs))),
      pair(({ callsWhileDown }) => (callsWhileDown / seeds.length).toFixed(1)),
      pair(({ probesWhileDown }) => (probesWhileDown / seeds.length).toFixed(1)),
      pair(({ faults }) => faults.parked),
      pair(({ meter, events }) => (meter.billedMs / events).toFixed(0)),
      pair(({ meter, events }) => (meter.writeUnits / events).toFixed(1)),
    ]);
  }
  return table.toString();
}

/** The time of a full batch, and its ratio to the textbook's. */
export function batchTable({ textbook, millrace }: { textbook: Batches; millrace: Batches }): string {
  const table = new Table({
    head: ['10 events in 5 groups, 100 ms a write', 'textbook ms', 'Millrace ms', 'ratio'],
    colAligns: aligned(4),
    style,
  });
  const [slow, fast] = [percentilesOf(textbook.timesMs), percentilesOf(millrace.timesMs)];
  for (const percentile of ['p50', 'p95'] as const) {
    const [theirs, ours] = [slow[percentile], fast[percentile]];
    table.push([percentile, theirs.toFixed(0), ours.toFixed(0), (ours / theirs).toFixed(2)]);
  }
  return table.toString();
}

/** Counted calls of a million events, and their price. */
export function costTable(title: string, loads: { textbook: Counted; millrace: Counted }): string {
  const table = new Table({
    head: [`Per million events, ${title}`, 'textbook', '$', 'Millrace', '$'],
    colAligns: aligned(5),
    style,
  });
  const costs = [loads.textbook, loads.millrace].map(({ meter, events }) => costsOf(meter, events));
  const [theirs = [], ours = []] = costs;
  for (const [index, cost] of theirs.entries()) table.push([cost.what, ...cells(cost), ...cells(ours[index] ?? cost)]);
  return table.toString();
}

type Counted = Pick<Batches, 'events' | 'meter'>;

function cells({ count, dollars }: Cost): string[] {
  return [Number.isNaN(count) ? '' : count.toFixed(0), dollars.toFixed(2)];
}

function pairOf(both: Pick<Compared, 'textbook' | 'millrace'>, figure: (tally: Tally) => string | number): string {
  return `${figure(both.textbook)} | ${figure(both.millrace)}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}
