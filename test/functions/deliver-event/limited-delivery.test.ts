import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../functions/contract/limits.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import accountToStripeCustomer from '../../../integrations/salesforce-stripe/flows/account-to-stripe-customer.ts';
import { simulatedSalesforce, simulatedStripe } from '../connectors/support/systems.ts';
import { ownClock } from './support/clock.ts';
import { aDelivery } from './support/delivery.ts';

const hourMs = 60 * 60_000;

/** Accounts on their way to Stripe, each by a call of its own; a call that waits its turn moves the clock. */
async function accountsOnTheirWay(count: number, limits: Record<string, Limits>) {
  const clock = ownClock();
  const [stripe, salesforce] = [await simulatedStripe(clock.now), await simulatedSalesforce()];
  const delivery = aDelivery({
    clock,
    source: salesforce,
    destination: stripe,
    flow: accountToStripeCustomer,
    policies: resolvePolicies({ sharing: { reads: 1, writes: 1 } }),
    limits,
    sleep: async (ms) => clock.advance(ms),
  });
  const anAccount = async (_: unknown, n: number) => {
    const made = await salesforce.look('/sobjects/Account', {
      method: 'POST',
      body: JSON.stringify({ Name: `No. ${n}` }),
    });
    return String(made.id);
  };
  const ids = await Promise.all(Array.from({ length: count }, anAccount));
  const announce = () => ids.map((subject) => delivery.send({ subject }));
  announce();
  const before = (await salesforce.calls()).length;
  const reads = async () => (await salesforce.calls()).slice(before).filter(({ method }) => method === 'GET').length;
  const customers = async () => (await stripe.look('/v1/customers?limit=100')).data;
  const linesOf = (message: string) => delivery.telemetry.lines.filter((line) => line.message === message);
  return { ...delivery, clock, stripe, ids, announce, reads, customers, linesOf };
}

describe('a delivery within limits', () => {
  it('hands back what exceeds the rate for the expected wait: no attempt, nothing parked, and nothing twice', async () => {
    const { run, poll, clock, limits, linesOf, handBacks, deadLetters, customers } = await accountsOnTheirWay(10, {
      stripe: { perSecond: { rate: 5, burst: 5 } },
    });
    await limits.holdUntil('stripe', clock.now() + 30_000);

    await poll();
    const deferred = linesOf('delivery deferred');
    await run();

    expect(deferred).toHaveLength(10);
    for (const line of deferred) expect(line).toMatchObject({ code: 'rate-limited', category: 'busy', attempts: 0 });
    expect(new Set(handBacks.map(({ waitSeconds }) => waitSeconds))).toEqual(new Set([30]));
    expect(await customers()).toHaveLength(10);
    expect(linesOf('event delivered')).toHaveLength(10);
    expect(linesOf('attempt failed')).toEqual([]);
    expect(deadLetters.messages).toEqual([]);
  });

  it('goes on by itself, day by day, with what a day allows', async () => {
    const { run, clock, linesOf, deadLetters, customers, limits } = await accountsOnTheirWay(10, {
      salesforce: { perDay: { calls: 12 } },
    });
    const beganMs = clock.now();

    await run(1_000);

    expect(await customers()).toHaveLength(10);
    expect(linesOf('event delivered')).toHaveLength(10);
    expect(clock.now() - beganMs).toBeGreaterThan(24 * hourMs);
    expect(clock.now() - beganMs).toBeLessThan(4 * 24 * hourMs);
    for (const line of linesOf('delivery deferred')) expect(line).toMatchObject({ code: 'budget-spent', attempts: 0 });
    expect(deadLetters.messages).toEqual([]);
    // A probe could tell nothing of what we allow ourselves.
    expect(limits.counts.leaseProbe).toBe(0);
  });

  it('costs one write for all calls of a moment', async () => {
    const { poll, announce, limits, linesOf } = await accountsOnTheirWay(10, {
      salesforce: { perSecond: { rate: 100, burst: 100 } },
    });
    await poll();
    const made = { ...limits.counts };
    announce();

    await poll();

    expect(linesOf('event delivered')).toHaveLength(20);
    expect(limits.states.get('salesforce')?.total).toBe(30);
    expect(limits.counts.lease - made.lease).toBeLessThanOrEqual(2);
    expect(limits.counts.read - made.read).toBe(0);
  });

  it('costs nothing where there are none', async () => {
    const { run, limits, customers } = await accountsOnTheirWay(3, {});

    await run();

    expect(await customers()).toHaveLength(3);
    expect(limits.counts).toEqual({ read: 0, lease: 0, holdUntil: 0, report: 0, leaseProbe: 0 });
  });

  it('is deferred before anything is asked, where the system it reads has refused by its quota', async () => {
    const { run, poll, clock, limits, linesOf, reads, customers } = await accountsOnTheirWay(5, {
      salesforce: { perDay: { calls: 1_000 } },
    });
    const spent = { used: 1_000, max: 1_000, atMs: clock.now(), total: 0 };
    await limits.report('salesforce', spent);
    await limits.leaseProbe('salesforce', 0, clock.now() + 300_000);

    await poll();
    const while_ = { reads: await reads(), deferred: linesOf('delivery deferred') };
    await run();

    expect(while_.reads).toBe(0);
    expect(while_.deferred.map(({ waitSeconds }) => waitSeconds)).toEqual(Array(5).fill(300));
    // The simulated one tells that there is enough, in its answer to one probe.
    expect(await customers()).toHaveLength(5);
    expect(await reads()).toBe(6);
    expect(limits.states.get('salesforce')?.reported).toMatchObject({ max: 100_000 });
  });
});
