import { expect, it } from 'vitest';
import type { LimitState, Limits } from '../../../functions/contract/limits.ts';
import { createHealth } from '../../../functions/state/health.ts';
import { createTokens } from '../../../functions/state/tokens.ts';
import { watch } from '../../../functions/watch-health/watch.ts';
import { MemoryLimitStore } from '../deliver-event/support/limit-store.ts';
import { MemoryParkedStore } from '../deliver-event/support/parked-store.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';
import { KeptTelemetry } from '../deliver-event/support/telemetry.ts';

const nowMs = Date.parse('2026-11-20T08:30:00.000Z');
const hour = Math.floor(nowMs / 3_600_000);
const fresh: LimitState = { tatMs: 0, hours: new Map(), total: 0, reported: undefined, probeMs: 0 };

/** The gauge of a system with such limits, as one run emits it; nothing where it does not. */
async function gaugeOf(limits: Limits, state: Partial<LimitState> = {}): Promise<number[]> {
  const [table, limitStore] = [new MemoryTable(), new MemoryLimitStore()];
  limitStore.states.set('ledger', { ...fresh, ...state });
  const emitted: number[] = [];
  await watch({
    systems: [],
    tokens: [],
    flows: [],
    health: createHealth(table, 'shop-ledger'),
    tokenStore: createTokens(table, 'shop-ledger'),
    limits: new Map([['ledger', limits]]),
    limitStore,
    parked: new MemoryParkedStore(),
    gauges: () => ({ set: (_metric, value) => void emitted.push(value), publish: () => {} }),
    telemetry: new KeptTelemetry(),
    now: () => nowMs,
  });
  return emitted;
}

it('watch tells how much of the day is used, of our own calls or of the quota, whichever is closer to its end', async () => {
  const reported = { used: 90_000, max: 100_000, atMs: nowMs - 60_000, total: 40 };
  const hours = new Map([[hour, 50]]);

  const gauges = [
    await gaugeOf({ perDay: { calls: 200 } }),
    await gaugeOf({ perDay: { calls: 200 } }, { hours, total: 50 }),
    await gaugeOf({ perDay: { calls: 200 } }, { hours, total: 40, reported }),
    await gaugeOf({ perDay: { calls: 50 } }, { hours, total: 40, reported }),
  ];

  expect(gauges).toEqual([[0], [25], [90], [100]]);
});

it('watch tells nothing of a system whose days have no limit', async () => {
  expect(await gaugeOf({ perSecond: { rate: 10, burst: 10 } })).toEqual([]);
});
