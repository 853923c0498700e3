import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../functions/state/health.ts';
import { createTokens } from '../../../functions/state/tokens.ts';
import { watch } from '../../../functions/watch-health/watch.ts';
import { MemoryLimitStore } from '../deliver-event/support/limit-store.ts';
import { MemoryParkedStore } from '../deliver-event/support/parked-store.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';
import { KeptTelemetry } from '../deliver-event/support/telemetry.ts';
import { aParkedEvent } from '../parking/support/parked-events.ts';

const startMs = Date.parse('2026-11-20T08:00:00.000Z');
const closed = { state: 'closed', generation: 0 } as const;
const noHold = { reason: undefined, refused: undefined, generation: 'absent' } as const;

/** A watch over one flow and one system, and what it emitted, by what it emitted it for. */
function aWatch() {
  const table = new MemoryTable();
  const telemetry = new KeptTelemetry();
  const health = createHealth(table, 'shop-ledger');
  const parked = new MemoryParkedStore();
  const limitStore = new MemoryLimitStore();
  const emitted: Record<string, Record<string, number>> = {};
  const gauges = (of: string) => {
    const values: Record<string, number> = {};
    return {
      set: (metric: string, value: number) => void Object.assign(values, { [metric]: value }),
      publish: () => void Object.assign(emitted, { [of]: { ...emitted[of], ...values } }),
    };
  };
  const run = (nowMs = startMs) =>
    watch({
      systems: ['ledger'],
      tokens: [],
      flows: ['orders'],
      health,
      tokenStore: createTokens(table, 'shop-ledger'),
      limits: new Map([['ledger', { perDay: { calls: 200 } }]]),
      limitStore,
      parked,
      gauges,
      telemetry,
      now: () => nowMs,
    });
  return { run, emitted, health, parked, table, telemetry, limitStore };
}

const open = (reason: 'failures' | 'auth' | 'operator') =>
  ({ state: 'open', reason, openedMs: startMs, probeMs: startMs + 30_000, generation: 1 }) as const;

describe('watch', () => {
  it('emits 0 for everything while all is well, since no value would mean that nobody looked', async () => {
    const { run, emitted, telemetry } = aWatch();

    await run();

    expect(emitted).toEqual({
      orders: { FlowOnHold: 0, ParkedEvents: 0 },
      ledger: { BreakerOpen: 0, BreakerOpenSeconds: 0, AuthBreakerOpen: 0, DailyBudgetUsed: 0 },
    });
    expect(telemetry.counts.get('HealthWatched')).toBe(1);
    expect(telemetry.lines).toEqual([]);
  });

  it.each([
    ['failures', 0],
    ['operator', 0],
    ['auth', 1],
  ] as const)('tells how long a breaker has been open for %s', async (reason, refused) => {
    const { run, emitted, health, telemetry } = aWatch();
    await health.replaceBreaker('ledger', closed, open(reason));

    await run(startMs + 301_400);

    expect(emitted.ledger).toMatchObject({ BreakerOpen: 1, BreakerOpenSeconds: 301, AuthBreakerOpen: refused });
    expect(telemetry.lines).toMatchObject([{ message: 'breaker is open', system: 'ledger', reason }]);
  });

  it('takes an opening that lies ahead of its own clock for one of now', async () => {
    const { run, emitted, health } = aWatch();
    await health.replaceBreaker('ledger', closed, open('failures'));

    await run(startMs - 900);

    expect(emitted.ledger).toMatchObject({ BreakerOpen: 1, BreakerOpenSeconds: 0 });
  });

  it('tells that a flow is held, and why', async () => {
    const { run, emitted, health, telemetry } = aWatch();
    await health.replaceHold('orders', noHold, { reason: 'refused: INVALID_FIELD', refused: undefined });

    await run();

    expect(emitted.orders).toEqual({ FlowOnHold: 1, ParkedEvents: 0 });
    expect(telemetry.lines).toMatchObject([
      { message: 'flow is held', flow: 'orders', reason: 'refused: INVALID_FIELD' },
    ]);
  });

  it('counts the parked events that need somebody, not those that only wait behind another', async () => {
    const { run, emitted, parked } = aWatch();
    const statuses = ['parked', 'waiting', 'releasing', 'delivered', 'parked'] as const;
    for (const [index, status] of statuses.entries())
      await parked.add(aParkedEvent({ eventId: `e${index}`, status, flow: 'orders' }));
    await parked.add(aParkedEvent({ flow: 'refunds' }));

    await run();

    expect(emitted.orders).toEqual({ FlowOnHold: 0, ParkedEvents: 3 });
  });

  it('emits what it could read of a flow, and fails, where it could not read all', async () => {
    const { run, emitted, parked } = aWatch();
    parked.before.push(() => {
      throw new Error('no such index');
    });

    await expect(run()).rejects.toThrow('no such index');

    expect(emitted.orders).toEqual({ FlowOnHold: 0 });
  });

  it('emits what it could read, and fails, where it could not read all', async () => {
    const { run, emitted, table, telemetry } = aWatch();
    table.before.push(({ keys: [key] }) => {
      if (key?.startsWith('breaker:')) throw new Error('throttled');
    });

    await expect(run()).rejects.toThrow('throttled');

    expect(emitted).toEqual({ orders: { FlowOnHold: 0, ParkedEvents: 0 }, ledger: { DailyBudgetUsed: 0 } });
    expect(telemetry.counts.has('HealthWatched')).toBe(false);
  });
});
