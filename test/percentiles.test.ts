import { expect, it } from 'vitest';
import { percentilesOf } from './bench/percentiles.ts';

it('takes the values at the nearest rank, whatever the order they come in', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  expect(percentilesOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99 });
});

it('sorts by number, not by text', () => {
  expect(percentilesOf([9, 100, 20])).toEqual({ p50: 20, p95: 100, p99: 100 });
});

it('knows no value between two: of few, the upper percentiles are the largest', () => {
  expect(percentilesOf([1, 2])).toEqual({ p50: 1, p95: 2, p99: 2 });
  expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
});

it('has nothing to say where nothing was measured', () => {
  expect(() => percentilesOf([])).toThrow(RangeError);
});
