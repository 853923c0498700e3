import { describe, expect, it } from 'vitest';
import { aLimitedWorld, startMs } from './support/limited-world.ts';

/** So many calls, one after the other. */
async function times(count: number, make: () => Promise<unknown>): Promise<void> {
  for (let nth = 0; nth < count; nth += 1) await make();
}

describe('a limit per second', () => {
  const limits = { perSecond: { rate: 10, burst: 10 } };

  it('is asked once for all calls of one moment', async () => {
    const { store, aContainer, call } = aLimitedWorld(limits);
    const limiter = aContainer();

    const refusals = await Promise.all([call(limiter), call(limiter), call(limiter)]);

    expect(refusals).toEqual([undefined, undefined, undefined]);
    expect(store.counts.lease).toBe(1);
    expect(store.states.get('stripe')?.total).toBe(3);
  });

  it('defers what does not fit by the expected wait', async () => {
    const { aContainer, call } = aLimitedWorld(limits);
    const limiter = aContainer();

    const refusals = await Promise.all(Array.from({ length: 30 }, () => call(limiter)));

    const deferred = refusals.filter((refusal) => refusal !== undefined);
    expect(deferred.length).toBeGreaterThanOrEqual(20);
    expect(deferred.length).toBeLessThan(30);
    expect(deferred[0]).toMatchObject({ code: 'rate-limited' });
    expect(deferred[0]?.waitMs).toBeGreaterThanOrEqual(1_000);
    // At ten a second, the last of them has its turn so much later.
    expect(deferred.at(-1)?.waitMs).toBeGreaterThanOrEqual((deferred.length - 1) * 100);
  });

  it('waits in place for a turn that is near', async () => {
    const { aContainer, call, begunMs } = aLimitedWorld(limits);
    const limiter = aContainer();

    for (let nth = 0; nth < 20; nth += 1) await call(limiter, 'live', 1_000);

    expect(begunMs).toHaveLength(20);
    expect(begunMs.at(-1)! - startMs).toBeGreaterThan(900);
  });

  it('lets live calls go before others', async () => {
    const { aContainer, call } = aLimitedWorld(limits);
    const limiter = aContainer();
    const replays = Array.from({ length: 20 }, () => call(limiter, 'replay'));
    const live = Array.from({ length: 3 }, () => call(limiter, 'live'));

    expect(await Promise.all(live)).toEqual([undefined, undefined, undefined]);
    expect((await Promise.all(replays)).some((refusal) => refusal !== undefined)).toBe(true);
  });

  it('keeps everybody away for as long as the system asked', async () => {
    const { clock, aContainer, call } = aLimitedWorld(limits);
    await aContainer().holdFor(20_000);

    const refusal = await call(aContainer());
    clock.ms += 20_001;
    const later = await call(aContainer());

    expect(refusal).toMatchObject({ code: 'rate-limited', waitMs: 20_000 });
    expect(later).toBeUndefined();
  });

  it('keeps nobody away for days, whatever the system asks for', async () => {
    const { aContainer, call } = aLimitedWorld(limits);
    await aContainer().holdFor(30 * 24 * 60 * 60_000);

    expect(await call(aContainer())).toMatchObject({ waitMs: 60 * 60_000 });
  });

  // Bug: who asked in the moment in which the last lease was done found it still at work, and waited for ever.
  // Fix: it is over in the same step in which it finds that nobody waits.
  it('lets a permit lapse that nobody used in its time, and asks for another one', async () => {
    const { store, aContainer, call, oversleep, clock } = aLimitedWorld(limits);
    const limiter = aContainer();
    await times(4, () => call(limiter));
    oversleep(5_000);

    const refusal = await call(limiter, 'live', 1_000);

    expect(refusal).toBeUndefined();
    expect(clock.ms - startMs).toBeGreaterThan(5_000);
    expect(store.states.get('stripe')?.total).toBe(6);
  });

  it('counts and keeps back what only asks whether the system is there', async () => {
    const { store, aContainer, call } = aLimitedWorld(limits);
    const limiter = aContainer();

    const first = await call(limiter, 'probe');
    const refusals = await Promise.all(Array.from({ length: 30 }, () => call(limiter, 'probe')));

    expect(first).toBeUndefined();
    expect(refusals.filter((refusal) => refusal?.code === 'rate-limited').length).toBeGreaterThan(20);
    expect(store.states.get('stripe')?.total).toBeLessThan(10);
  });

  it('hands the error on where the table can not be had', async () => {
    const { store, aContainer, call } = aLimitedWorld(limits);
    store.lease = () => Promise.reject(new Error('throttled'));
    const limiter = aContainer();

    await expect(Promise.all([call(limiter), call(limiter)])).rejects.toThrow('throttled');
  });
});

describe('the budget of a day', () => {
  const limits = { perDay: { calls: 10 } };

  it('is never exceeded by containers that ask at the same time', async () => {
    const { aContainer, call, begunMs } = aLimitedWorld(limits);
    const containers = [aContainer(), aContainer(), aContainer()];

    for (let nth = 0; nth < 8; nth += 1) await Promise.all(containers.map((limiter) => call(limiter)));

    expect(begunMs.length).toBeLessThanOrEqual(10);
    expect(begunMs.length).toBeGreaterThanOrEqual(9);
  });

  it('leaves a part to live calls', async () => {
    const { aContainer, call } = aLimitedWorld(limits);
    const limiter = aContainer();
    for (let nth = 0; nth < 8; nth += 1) await call(limiter);

    expect(await call(limiter, 'replay')).toMatchObject({ code: 'budget-spent' });
    expect(await call(limiter, 'live')).toBeUndefined();
  });

  it('lets as many of one moment go as there are left, the live ones first', async () => {
    const { aContainer, call } = aLimitedWorld(limits);
    const limiter = aContainer();
    await times(6, () => call(limiter));

    const replays = Array.from({ length: 3 }, () => call(limiter, 'replay'));
    const live = Array.from({ length: 5 }, () => call(limiter, 'live'));

    expect((await Promise.all(live)).filter((refusal) => refusal === undefined)).toHaveLength(4);
    expect((await Promise.all(replays)).filter((refusal) => refusal === undefined)).toHaveLength(0);
  });

  it('is our own to know when it is spent: nobody asks the system, and calls wait for the first hour to drop out', async () => {
    const { aContainer, call, clock, probes } = aLimitedWorld(limits);
    const limiter = aContainer();
    await times(10, () => call(limiter));

    const soon = await call(limiter);
    clock.ms += 24 * 60 * 60_000 + 20 * 60_000;
    const last = await call(limiter);

    // Somebody may raise the limit meanwhile.
    expect(soon).toEqual({ code: 'budget-spent', waitMs: 30 * 60_000 });
    expect(last).toEqual({ code: 'budget-spent', waitMs: 10 * 60_000 });
    expect(probes).toEqual([]);
  });

  it('is asked about by one container at a time while it is spent, and goes on when the system says so', async () => {
    const { clock, probes, aContainer, call, whenProbed } = aLimitedWorld(limits);
    const [one, other] = [aContainer(), aContainer()];
    await one.budget.refused();

    const refusals = [await call(one), await call(other), await call(other)];
    expect(refusals.map((refusal) => refusal?.code)).toEqual(['budget-spent', 'budget-spent', 'budget-spent']);
    expect(probes).toHaveLength(1);

    clock.ms += 300_000;
    whenProbed((limiter) => limiter.budget.reported({ used: 2, max: 100 }));
    expect(await Promise.all([call(other), call(other, 'replay')])).toEqual([undefined, undefined]);
    expect(await call(one)).toBeUndefined();
    expect(probes).toHaveLength(2);
  });

  // Bug: a container that had only lower calls in hand kept to the first report that left them nothing, for an hour.
  // Fix: what is spent for those who ask is looked at anew.
  it('is there for lower classes again when another container was told so', async () => {
    const { clock, aContainer, call } = aLimitedWorld({ perDay: { calls: 100 } });
    const [one, other] = [aContainer(), aContainer()];
    await other.budget.reported({ used: 90, max: 100 });
    const whileUsed = await call(one, 'replay');
    clock.ms += 20_000;
    await other.budget.reported({ used: 30, max: 100 });

    expect(whileUsed).toMatchObject({ code: 'budget-spent' });
    expect(await call(one, 'replay')).toBeUndefined();
  });

  it('is reported to the others every ten seconds at most', async () => {
    const { store, clock, aContainer } = aLimitedWorld(limits);
    const limiter = aContainer();

    await times(10, async () => {
      await limiter.budget.reported({ used: 3, max: 100 });
      clock.ms += 4_000;
    });

    expect(store.counts.report).toBe(4);
    expect(store.counts.read).toBe(1);
  });

  it('comes back by itself as the calls of a day ago drop out', async () => {
    const { clock, aContainer, call } = aLimitedWorld(limits);
    const limiter = aContainer();
    for (let nth = 0; nth < 10; nth += 1) await call(limiter);
    expect(await call(limiter)).toMatchObject({ code: 'budget-spent' });

    clock.ms += 26 * 60 * 60_000;

    expect(await call(limiter)).toBeUndefined();
  });
});
