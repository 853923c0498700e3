import { Random } from '../../simulation/machine/random.ts';
import type { Spell } from '../../simulation/machine/weather.ts';
import { endsOfFlow, type Plan } from '../../simulation/plan.ts';
import { onItsClock } from '../../simulation/run.ts';
import { aPlan } from '../../simulation/scenarios/common.ts';
import type { SystemName } from '../../simulation/systems/system.ts';
import { deliverBatch } from '../one-batch.ts';
import { type Delivery, millrace, textbook } from './delivery.ts';
import { seeds } from './histories.ts';
import { Meter } from './meter.ts';
import { buildFor } from './world.ts';

const groups = 5;
const each = 2;

/** A full batch, in a warm container, where every call to the destination takes 100 ms, and to the source 20 ms. */
export interface Batches {
  /** Of one batch, by seed. */
  readonly timesMs: readonly number[];
  readonly events: number;
  readonly meter: Meter;
}

export async function measureBatches(): Promise<{ textbook: Batches; millrace: Batches }> {
  return { textbook: await batchesOf(textbook), millrace: await batchesOf(millrace) };
}

async function batchesOf(delivery: Delivery): Promise<Batches> {
  const timesMs: number[] = [];
  const meter = new Meter();
  for (const seed of seeds) timesMs.push(await timeOf(delivery, seed, meter));
  return { timesMs, events: seeds.length * groups * each * 2, meter };
}

/** Fills two batches, and delivers them one after the other in one container: the first warms it up. */
async function timeOf(delivery: Delivery, seed: number, total: Meter): Promise<number> {
  const random = new Random(seed);
  const world = buildFor(delivery, planOf(random.fork()), random);
  return onItsClock(world, async () => {
    const { scheduler, people, containers, meter } = world;
    people.begin(scheduler.nowMs);
    await scheduler.run(() => people.outstanding === 0, Number.POSITIVE_INFINITY);
    const container = containers.start();
    await deliverBatch(world, container, groups * each);
    const timeMs = await deliverBatch(world, container, groups * each);
    total.add(meter);
    return timeMs;
  });
}

function planOf(random: Random): Plan {
  const burst = (atMs: number) =>
    Array.from({ length: groups }, (_, record) => ({ fromMs: atMs, toMs: atMs, changes: each, records: [record] }));
  const plan = aPlan(random, {
    records: groups,
    linked: 1,
    busyness: [...burst(0), ...burst(10_000)],
    lateness: 0,
    duplicates: 0,
    // Nobody polls: the batches are received here.
    invocations: 0,
  });
  const { source, destination } = endsOfFlow(plan.flow);
  const slow = (system: SystemName, ms: number): Spell => ({
    text: `${ms} ms a call`,
    fromMs: 0,
    toMs: Number.POSITIVE_INFINITY,
    system,
    share: 1,
    fault: () => ({ kind: 'slow', ms }),
  });
  return { ...plan, spells: [slow(source, 20), slow(destination, 100)] };
}
