import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LimitState } from '../../../functions/contract/limits.ts';
import {
  fitting,
  hourOf,
  leaseRequest,
  mostCalls,
  ownWaitMs,
  paceOf,
  permitsOf,
  permitWaitMs,
  spentBy,
  usageOf,
} from '../../../functions/engine/limits.ts';
import { MemoryLimitStore } from '../deliver-event/support/limit-store.ts';

const nowMs = Date.parse('2026-11-20T08:30:00Z');
const aState = (differs: Partial<LimitState> = {}): LimitState => ({
  tatMs: 0,
  hours: new Map(),
  total: 0,
  reported: undefined,
  probeMs: 0,
  ...differs,
});

/** By how many calls the worst time span is above what is allowed. */
function mostOver(begunMs: readonly number[], { rate, burst }: { rate: number; burst: number }): number {
  const inOrder = begunMs.toSorted((one, other) => one - other);
  const overs = inOrder.flatMap((firstMs, first) =>
    inOrder.slice(first).map((lastMs, nth) => nth + 1 - (rate * (lastMs - firstMs)) / 1000 - burst),
  );
  return Math.max(...overs, Number.NEGATIVE_INFINITY);
}

describe('the pace of a limit per second', () => {
  it('never lets more calls begin than rate times time and the burst, whosever clock it is and whenever permits are used', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ rate: fc.integer({ min: 1, max: 100 }), burst: fc.integer({ min: 2, max: 200 }) }),
        fc.array(
          fc.record({
            afterMs: fc.integer({ min: 0, max: 400 }),
            wrongBy: fc.double({ min: -1, max: 1, noNaN: true }),
            calls: fc.integer({ min: 1, max: 10 }),
            patienceMs: fc.integer({ min: 0, max: 1_000 }),
            used: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          { minLength: 20, maxLength: 120 },
        ),
        async (perSecond, asks) => {
          const pace = paceOf({ perSecond });
          const store = new MemoryLimitStore();
          const begun: number[] = [];
          let clockMs = nowMs;
          for (const { afterMs, wrongBy, calls, patienceMs, used } of asks) {
            clockMs += afterMs;
            const errorMs = wrongBy * pace.slackMs;
            const ownMs = clockMs + errorMs;
            const { granted, state } = await store.lease('a', leaseRequest(pace, calls, ownMs, patienceMs));
            if (!granted) continue;
            for (const { fromMs, untilMs } of permitsOf(pace, calls, state.tatMs)) {
              const earliestMs = Math.max(fromMs, ownMs);
              if (earliestMs <= untilMs) begun.push(earliestMs + used * (untilMs - earliestMs) - errorMs);
            }
          }

          expect(mostOver(begun, perSecond)).toBeLessThanOrEqual(1e-6);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('lets most of the burst through at once, and then the rate', async () => {
    const pace = paceOf({ perSecond: { rate: 25, burst: 25 } });
    const store = new MemoryLimitStore();
    let granted = 0;
    for (let ms = 0; ms < 10_000; ms += 20) {
      const lease = await store.lease('a', leaseRequest(pace, 1, nowMs + ms, 0));
      if (lease.granted) granted += 1;
      if (ms === 0) expect(permitsOf(pace, 1, lease.state.tatMs)[0]?.fromMs).toBeLessThanOrEqual(nowMs);
    }

    expect(granted).toBeGreaterThanOrEqual(250);
    expect(granted).toBeLessThanOrEqual(275);
  });

  it('says how many calls of a refused request would have fitted, and the wait for the next one', async () => {
    const pace = paceOf({ perSecond: { rate: 10, burst: 10 } });
    const stores = { fitting: new MemoryLimitStore(), oneMore: new MemoryLimitStore() };
    for (const store of Object.values(stores)) await store.lease('a', leaseRequest(pace, 2, nowMs, 0));
    const refused = leaseRequest(pace, mostCalls(pace, 0), nowMs, 0);
    const { granted, state } = await stores.fitting.lease('a', refused);

    const fits = fitting(refused, state);

    expect({ granted, fits }).toEqual({ granted: false, fits: mostCalls(pace, 0) - 2 });
    expect((await stores.fitting.lease('a', leaseRequest(pace, fits, nowMs, 0))).granted).toBe(true);
    expect((await stores.oneMore.lease('a', leaseRequest(pace, fits + 1, nowMs, 0))).granted).toBe(false);
    expect(permitWaitMs(pace, aState({ tatMs: nowMs + 60_000 }), nowMs)).toBeGreaterThan(59_000);
  });

  it.each([
    { rate: 1, burst: 2, patienceMs: 0, most: 1 },
    { rate: 1, burst: 2, patienceMs: 1_000, most: 2 },
    { rate: 25, burst: 25, patienceMs: 0, most: 10 },
    { rate: 25, burst: 25, patienceMs: 1_000, most: 35 },
  ])('gives at most so many at once: $most of $rate a second and $burst, within $patienceMs ms', async (given) => {
    const { rate, burst, patienceMs, most } = given;
    const pace = paceOf({ perSecond: { rate, burst } });
    const store = new MemoryLimitStore();
    const { state } = await store.lease('a', leaseRequest(pace, most, nowMs, patienceMs));

    const last = permitsOf(pace, most, state.tatMs).at(-1)!;

    expect(mostCalls(pace, patienceMs)).toBe(most);
    expect(last.fromMs - nowMs).toBeLessThanOrEqual(patienceMs);
    expect(last.fromMs - nowMs).toBeGreaterThan(patienceMs - pace.intervalMs);
  });

  it('asks for no turn that ends before it begins: DynamoDB refuses such a condition', () => {
    const { baseMs, latestMs } = leaseRequest(paceOf({ perSecond: { rate: 3, burst: 4 } }), 50, nowMs, 0);

    expect(latestMs).toBe(baseMs);
  });

  it('knows no bounds where there is no limit per second', () => {
    const pace = paceOf({ perDay: { calls: 10 } });

    expect(mostCalls(pace, 0)).toBe(Infinity);
    expect(permitsOf(pace, 2, 0)).toEqual([
      { fromMs: 0, untilMs: Infinity },
      { fromMs: 0, untilMs: Infinity },
    ]);
  });
});

describe('the budget of a day', () => {
  const limits = { perDay: { calls: 1_000 } };
  const hour = hourOf(nowMs);

  it('is what was leased in the last 24 hours', () => {
    const state = aState({
      hours: new Map([
        [hour, 10],
        [hour - 24, 5],
        [hour - 25, 700],
      ]),
    });

    expect(usageOf(limits, state, nowMs)).toEqual({ used: 15, max: 1_000 });
  });

  it("is what everybody used of the system's own quota, where that is closer to its end, for an hour after it told", () => {
    const reported = { used: 600, max: 900, atMs: nowMs - 60_000, total: 40 };
    const state = aState({ hours: new Map([[hour, 50]]), total: 50, reported });

    expect(usageOf(limits, state, nowMs)).toEqual({ used: 610, max: 900 });
    expect(usageOf(limits, state, nowMs + 60 * 60_000)).toEqual({ used: 50, max: 1_000 });
  });

  it("is never taken for the system's: neither others' calls nor a larger quota change what we allow ourselves", () => {
    const others = { used: 120_000, max: 200_000, atMs: nowMs, total: 500 };
    const few = aState({ hours: new Map([[hour, 500]]), total: 500, reported: others });
    const all = aState({ hours: new Map([[hour, 1_000]]), total: 1_000, reported: { ...others, used: 2_000 } });

    expect(spentBy(limits, few, 'live', 1, nowMs)).toBeUndefined();
    expect(spentBy(limits, all, 'live', 1, nowMs)).toBe('own');
  });

  it.each([
    ['live', 1_000],
    ['replay', 800],
    ['reconcile', 600],
  ] as const)('lets %s calls use %d of 1,000, of our own and of the quota', (of, most) => {
    const own = (calls: number) => aState({ hours: new Map([[hour, calls]]) });
    const quota = (used: number) => aState({ reported: { used, max: 1_000, atMs: nowMs, total: 0 } });

    expect(spentBy(limits, own(most - 1), of, 1, nowMs)).toBeUndefined();
    expect(spentBy(limits, own(most), of, 1, nowMs)).toBe('own');
    expect(spentBy(limits, quota(most - 1), of, 1, nowMs)).toBeUndefined();
    expect(spentBy(limits, quota(most), of, 1, nowMs)).toBe('quota');
  });

  it('has no end where there is none', () => {
    expect(spentBy({}, aState({ hours: new Map([[hour, 1e9]]) }), 'reconcile', 1, nowMs)).toBeUndefined();
  });

  it('comes back as the first hours drop out of the day', () => {
    const state = aState({
      hours: new Map([
        [hour, 300],
        [hour - 20, 100],
        [hour - 23, 600],
        [hour - 30, 5_000],
      ]),
    });
    const waitMs = ownWaitMs(limits, state, 'live', nowMs);

    expect(waitMs).toBe(1.5 * 60 * 60_000);
    expect(spentBy(limits, state, 'live', 1, nowMs + waitMs - 1)).toBe('own');
    expect(spentBy(limits, state, 'live', 1, nowMs + waitMs)).toBeUndefined();
    expect(ownWaitMs(limits, state, 'reconcile', nowMs)).toBe(1.5 * 60 * 60_000);
    expect(ownWaitMs({ perDay: { calls: 450 } }, state, 'reconcile', nowMs)).toBe(24.5 * 60 * 60_000);
  });
});
