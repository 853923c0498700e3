/** Where most, nearly all, and all but the worst of some measurements lie; in their own unit. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/**
 * By nearest rank: each is a value that was measured, none is interpolated.
 * @throws {RangeError} where nothing was measured.
 */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((one, other) => one - other);
  return { p50: atRank(sorted, 50), p95: atRank(sorted, 95), p99: atRank(sorted, 99) };
}

function atRank(sorted: readonly number[], percent: number): number {
  const value = sorted[Math.ceil((percent * sorted.length) / 100) - 1];
  if (value === undefined) throw new RangeError('Nothing was measured, so there are no percentiles.');
  return value;
}
