import Table from 'cli-table3';
import { type Imported, runs } from './import-time.ts';
import type { Measured } from './load.ts';
import { percentilesOf } from './percentiles.ts';
import { lookEveryMs } from './watcher.ts';

/** One line of the table of latencies. */
export interface Latency extends Measured {
  readonly what: string;
}

const style = { head: [], border: [], compact: true };
const right = 'right' as const;

/** How to read the two tables. */
export const notes = `Closed loop, after a warm-up: each of so many workers starts its next when its last is done. Ratios are to the first
line of the same name, or to the empty module.
HTTP: from a signed POST to its 202, over TLS on open connections. What is queued is delivered at the same time.
Change: from the call that changes a record until a reader of the other system, who looks every ${lookEveryMs} ms, finds the new
value. Each worker changes a record of its own, and an echo of each change comes back through the receiver.
Import: \`await import\` of a bundle in a fresh process, the handler's creation included, Node's own start not; ${runs} runs each.
All of it runs on this one machine, the simulated systems even in the process that measures. The emulator runs one
invocation of a flow at a time. So these figures compare one version with another; they are not those of AWS.`;

/** Latencies in milliseconds; the ratios are to the first line of the same name. */
export function latencyTable(latencies: readonly Latency[]): string {
  const table = new Table({
    head: ['Latency', 'at once', 'count', 'p50 ms', 'p95 ms', 'p99 ms', 'per second', 'p50 ratio', 'rate ratio'],
    colAligns: ['left', right, right, right, right, right, right, right, right],
    style,
  });
  for (const latency of latencies) {
    const { what, concurrency, count, latenciesMs } = latency;
    const { p50, p95, p99 } = percentilesOf(latenciesMs);
    const base = latencies.find((other) => other.what === what) ?? latency;
    const ratios = [ratio(p50, percentilesOf(base.latenciesMs).p50), ratio(rateOf(latency), rateOf(base))];
    const figures = [p50, p95, p99, rateOf(latency)].map((figure) => figure.toFixed(1));
    table.push([what, concurrency, count, ...figures, ...ratios]);
  }
  return table.toString();
}

/** Import times in milliseconds, as ratios to the first, which is the baseline, and sizes against their budgets. */
export function importTable(imports: readonly Imported[]): string {
  const table = new Table({
    head: ['Import', 'min ms', 'median ms', 'max ms', 'ratio', 'KB', 'gzip KB', 'of its budget'],
    colAligns: ['left', right, right, right, right, right, right, right],
    style,
  });
  const [baseline] = imports;
  for (const { name, timesMs, size } of imports) {
    const median = percentilesOf(timesMs).p50;
    const times = [Math.min(...timesMs), median, Math.max(...timesMs)].map((time) => time.toFixed(1));
    const sizes = size ? [kilobytes(size.bytes), kilobytes(size.gzipBytes), budgetUsed(size)] : ['', '', ''];
    table.push([name, ...times, ratio(median, percentilesOf(baseline?.timesMs ?? timesMs).p50), ...sizes]);
  }
  return table.toString();
}

function rateOf({ count, seconds }: Measured): number {
  return count / seconds;
}

function ratio(value: number, base: number): string {
  return (value / base).toFixed(value / base < 10 ? 1 : 0);
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}

/** `59 % of 420 KB` */
function budgetUsed({ bytes, budgetBytes }: { bytes: number; budgetBytes: number }): string {
  return `${((100 * bytes) / budgetBytes).toFixed(0)} % of ${kilobytes(budgetBytes)} KB`;
}
