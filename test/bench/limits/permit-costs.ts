import type { LimitStore } from '../../../functions/contract/limits.ts';
import type { DeliveryDefinition, Ports } from '../../../functions/deliver-event/wire.ts';
import salesforceStripe from '../../../integrations/salesforce-stripe/integration.ts';
import { MemoryLimitStore } from '../../functions/deliver-event/support/limit-store.ts';
import type { Breakage } from '../../simulation/breakage.ts';
import { Random } from '../../simulation/machine/random.ts';
import type { FlowName, Plan } from '../../simulation/plan.ts';
import { build, onItsClock } from '../../simulation/run.ts';
import { aPlan } from '../../simulation/scenarios/common.ts';
import { deliverBatch } from '../one-batch.ts';

/** What permits cost one flow, as counted over all seeds. */
export interface PermitCosts {
  readonly flow: FlowName;
  /** Events of a batch, each of a record of its own. */
  readonly batch: number;
  readonly events: number;
  /** Calls that the limits were asked for. */
  readonly permits: number;
  readonly writes: number;
  readonly reads: number;
}

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
const flows: readonly FlowName[] = ['account-to-stripe-customer', 'stripe-customer-to-account'];

/** DynamoDB's answer takes so long, in milliseconds; who asks meanwhile shares the next lease. */
const answerMs = 5;

/** Every container's limits in one, and what was asked of it. */
class Counted {
  readonly #shared = new MemoryLimitStore();

  get writes(): number {
    const { lease, holdUntil, report, leaseProbe } = this.#shared.counts;
    return lease + holdUntil + report + leaseProbe;
  }

  get reads(): number {
    return this.#shared.counts.read;
  }

  get permits(): number {
    return [...this.#shared.states.values()].reduce((sum, { total }) => sum + total, 0);
  }

  reachedBy({ sleep }: Ports): LimitStore {
    const shared = this.#shared;
    const answer = async <Result>(ask: () => Promise<Result>) => {
      await sleep(answerMs / 2);
      const result = await ask();
      await sleep(answerMs / 2);
      return result;
    };
    return {
      read: (system) => answer(() => shared.read(system)),
      lease: (system, request) => answer(() => shared.lease(system, request)),
      holdUntil: (system, untilMs) => answer(() => shared.holdUntil(system, untilMs)),
      report: (system, usage) => answer(() => shared.report(system, usage)),
      leaseProbe: (system, seenMs, nextMs) => answer(() => shared.leaseProbe(system, seenMs, nextMs)),
    };
  }
}

/** Delivers batches of linked records in a warm container, by the limits that the systems are shipped with. */
export async function measurePermits(batches: readonly number[]): Promise<PermitCosts[]> {
  const costs: PermitCosts[] = [];
  for (const flow of flows) for (const batch of batches) costs.push(await costsOf(flow, batch));
  return costs;
}

async function costsOf(flow: FlowName, batch: number): Promise<PermitCosts> {
  const total = { permits: 0, writes: 0, reads: 0 };
  for (const seed of seeds) {
    const { permits, writes, reads } = await countIn(flow, batch, seed);
    total.permits += permits;
    total.writes += writes;
    total.reads += reads;
  }
  return { flow, batch, events: seeds.length * batch, ...total };
}

/** The second batch: the first one warms the container up. */
async function countIn(flow: FlowName, batch: number, seed: number) {
  const random = new Random(seed);
  const counted = new Counted();
  const world = build(planOf(flow, batch, random.fork()), random, { breakage: within(counted) });
  return onItsClock(world, async () => {
    const { scheduler, people, containers } = world;
    people.begin(scheduler.nowMs);
    await scheduler.run(() => people.outstanding === 0, Number.POSITIVE_INFINITY);
    const container = containers.start();
    await deliverBatch(world, container, batch);
    const { permits, writes, reads } = counted;
    await deliverBatch(world, container, batch);
    return { permits: counted.permits - permits, writes: counted.writes - writes, reads: counted.reads - reads };
  });
}

function within(counted: Counted): Breakage {
  const specified = Object.values(salesforceStripe.systems).map(({ name, limits }) => [name, limits ?? {}]);
  return {
    definition: (right): DeliveryDefinition => ({ ...right, limits: Object.fromEntries(specified) }),
    ports: (right) => ({ ...right, limits: counted.reachedBy(right) }),
  };
}

function planOf(flow: FlowName, batch: number, random: Random): Plan {
  const changesAt = (atMs: number) =>
    Array.from({ length: batch }, (_, record) => ({ fromMs: atMs, toMs: atMs, changes: 1, records: [record] }));
  return aPlan(random, {
    flow,
    records: batch,
    linked: 1,
    busyness: [...changesAt(0), ...changesAt(10_000)],
    lateness: 0,
    duplicates: 0,
    payload: 'reread',
    afterDeadLetter: 'continue',
    // Nobody polls: the batches are received here.
    invocations: 0,
  });
}
