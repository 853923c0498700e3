import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BreakerState } from '../../../functions/contract/health.ts';
import {
  type CallWindow,
  closed,
  emptyWindow,
  eventShowsOutage,
  opened,
  probing,
  seesOutage,
  withCall,
} from '../../../functions/engine/breaker.ts';
import { defaultPolicies } from '../../../functions/specification/policies.ts';

const rules = defaultPolicies.breaker;

/** Calls in turn, `x` failed and `.` not, so many milliseconds apart. */
function windowOf(calls: string, everyMs = 1): CallWindow {
  return [...calls].reduce(
    (window, call, index) => withCall(window, call === 'x', index * everyMs, rules),
    emptyWindow,
  );
}

describe('the calls of a container', () => {
  test.each([
    ['none', '', false],
    ['nine in a row', 'xxxxxxxxx', false],
    ['ten in a row', 'xxxxxxxxxx', true],
    ['half of ten', '.x.x.x.x.x', false],
    ['six of ten', '.x.x.x.xxx', true],
    ['six of nine: too few to tell', 'x.x.x.xxx', false],
    ['half of twenty', '.x.x.x.x.x.x.x.x.x.x', false],
    ['eleven of twenty', '.x.x.x.x.x.x.x.x.xxx', true],
    ['a success after nine', 'xxxxxxxxx.', true],
    ['nine after a success', '..........xxxxxxxxx', false],
  ])('show an outage or not: %s', (_name, calls, outage) => {
    expect(seesOutage(windowOf(calls), rules)).toBe(outage);
  });

  test('count for ten seconds', () => {
    const slowly = windowOf('xxxxxx', 2_000);

    const [within, after] = [9_999, 10_000].map((laterMs) => withCall(slowly, false, laterMs, rules));

    expect(slowly.calls).toHaveLength(5);
    expect(within?.calls[0]?.atMs).toBe(2_000);
    expect(after?.calls[0]?.atMs).toBe(2_000);
    expect(withCall(slowly, false, 12_000, rules).calls[0]?.atMs).toBe(4_000);
  });

  test('count in a row however slowly they come, up to the next success', () => {
    const hourly = windowOf('xxxxxxxxxx', 3_600_000);

    expect(seesOutage(hourly, rules)).toBe(true);
    expect(seesOutage(withCall(hourly, false, 36_000_000, rules), rules)).toBe(false);
  });

  test('tell when the last success was', () => {
    expect([windowOf(''), windowOf('x'), windowOf('..x', 5)].map((window) => window.lastSuccessMs)).toEqual([
      undefined,
      undefined,
      5,
    ]);
  });

  test('never show an outage while no more than half of them failed and none ten in a row', () => {
    const call = fc.constantFrom('.x', 'x.', '..', '.');

    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), fc.integer({ min: 0, max: 3_000 }), (pairs, everyMs) => {
        // Pairs of which one succeeded at least: the window may cut one in two, so half a call more is allowed for.
        const window = windowOf(pairs.join(''), everyMs);
        const failed = window.calls.filter((each) => each.failed).length;
        expect(seesOutage(window, rules)).toBe(window.calls.length >= 10 && failed > window.calls.length / 2);
        expect(window.failedInARow).toBeLessThan(10);
      }),
    );
  });
});

describe("one event's failures (rule c)", () => {
  const event = { failures: 2, timedOut: false, firstFailureMs: 1_000 };

  test.each([
    ['two, nobody ever had a success', event, undefined, true],
    ['two, the last success before the first', event, 999, true],
    ['two, a success since', event, 1_001, false],
    ['two, a success in the very millisecond it was begun: of the call before', event, 1_000, true],
    ['one that was answered', { ...event, failures: 1 }, undefined, false],
    ['one that was not', { ...event, failures: 1, timedOut: true }, 999, true],
    ['one that was not, others succeeding meanwhile', { ...event, failures: 1, timedOut: true }, 5_000, false],
    ['twenty, a success since', { ...event, failures: 20, timedOut: true }, 1_001, false],
  ])('%s', (_name, failed, lastSuccessMs, outage) => {
    expect(eventShowsOutage(failed, lastSuccessMs)).toBe(outage);
  });
});

describe('the states', () => {
  const seen: BreakerState = { state: 'closed', generation: 6 };

  test('an opening is dated, gives its reason, and names the first probe', () => {
    expect(opened(seen, 'auth', 5_000, rules)).toEqual({
      state: 'open',
      reason: 'auth',
      openedMs: 5_000,
      probeMs: 35_000,
      generation: 7,
    });
  });

  test('a lease keeps the opening and puts off the next probe', () => {
    const open = opened(seen, 'failures', 5_000, rules);
    if (open.state !== 'open') throw new Error('not open');

    const leased = probing(open, 40_000, rules);

    expect(leased).toEqual({ ...open, probeMs: 70_000, generation: 8 });
    expect(closed(leased)).toEqual({ state: 'closed', generation: 9 });
  });
});
