import Table from 'cli-table3';
import { percentilesOf } from '../percentiles.ts';
import type { PermitCosts } from './permit-costs.ts';
import type { RowUse } from './row-throughput.ts';

const style = { head: [], border: [], compact: true };
const aligned = (columns: number) => ['left' as const, ...Array.from({ length: columns - 1 }, () => 'right' as const)];

/** How to read the tables. */
export const notes = `Permits: on the simulation's virtual clock, a warm container, records that are linked, calls of 20-200 ms, DynamoDB within
5 ms, the limits that Stripe (25 a second) and Salesforce (100 000 a day) are shipped with. Calls that ask while a lease is
under way share the next one. A write unit is one item below 1 KB; a million of them are $0.625 in us-east-1.
Row: leases of one permit each from one item of the emulator's DynamoDB, over TLS, by containers in this one process that
ask again at once. At 10 000 a second nobody is refused; at 25 most are, which is told by one write, too. A guess is wrong
where the row was not as the container saw it last: it costs a second write. The emulator is one process: AWS takes about
1000 writes a second of one item.`;

/** What permits cost by flow and batch. */
export function permitTable(costs: readonly PermitCosts[]): string {
  const table = new Table({
    head: ['Permits', 'events a batch', 'calls/event', 'writes/event', 'reads/event', '$ a million events'],
    colAligns: aligned(6),
    style,
  });
  for (const { flow, batch, events, permits, writes, reads } of costs) {
    const each = [permits, writes, reads].map((count) => (count / events).toFixed(2));
    table.push([flow, batch, ...each, ((writes / events) * 0.625 + (reads / events) * 0.125).toFixed(2)]);
  }
  return table.toString();
}

/** How much one row gives. */
export function rowTable(uses: readonly RowUse[]): string {
  const table = new Table({
    head: ['Row of a limit', 'containers', 'asked/s', 'granted/s', 'writes/ask', 'wrong guesses', 'p50 ms', 'p99 ms'],
    colAligns: aligned(8),
    style,
  });
  for (const { rate, containers, seconds, asked, granted, writes, latenciesMs } of uses) {
    const { p50, p99 } = percentilesOf(latenciesMs);
    const wrong = `${((100 * (writes - asked)) / asked).toFixed(1)} %`;
    const figures = [asked / seconds, granted / seconds].map((figure) => figure.toFixed(0));
    const times = [p50, p99].map((figure) => figure.toFixed(1));
    table.push([`${rate} a second`, containers, ...figures, (writes / asked).toFixed(2), wrong, ...times]);
  }
  return table.toString();
}
