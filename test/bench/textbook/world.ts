import { AsyncLocalStorage } from 'node:async_hooks';
import { FifoQueue, type Sent } from '../../functions/deliver-event/support/fifo-queue.ts';
import { MemoryTable } from '../../functions/deliver-event/support/state-table.ts';
import type { Container } from '../../simulation/machine/container.ts';
import { Tokens } from '../../simulation/machine/credentials.ts';
import { EventSource } from '../../simulation/machine/event-source.ts';
import { Network } from '../../simulation/machine/network.ts';
import { operate, removeRecord } from '../../simulation/machine/operator.ts';
import { People } from '../../simulation/machine/people.ts';
import { Random } from '../../simulation/machine/random.ts';
import { Scheduler } from '../../simulation/machine/scheduler.ts';
import { Weather } from '../../simulation/machine/weather.ts';
import { dayMs, endsOfFlow, type Plan, type Scenario } from '../../simulation/plan.ts';
import type { AtRest } from '../../simulation/run.ts';
import { SalesforceModel } from '../../simulation/systems/salesforce.ts';
import { StripeModel } from '../../simulation/systems/stripe.ts';
import type { Observer, SystemName } from '../../simulation/systems/system.ts';
import { Trace } from '../../simulation/trace.ts';
import type { Delivery } from './delivery.ts';
import { CountedQueue, countingTable, Meter, timed } from './meter.ts';

const startMs = Date.parse('2026-11-20T08:00:00.000Z');
const running = new AsyncLocalStorage<Container>();

/** How a history ended under one delivery, and what it would have cost. */
export interface Ended extends AtRest {
  readonly meter: Meter;
}

/**
 * Runs one seed of a simulation's scenario under one way to deliver. The history is that of `npm run simulate`: chance is
 * drawn in the same order (test/textbook.test.ts holds the two together).
 */
export async function runHistory(scenario: Scenario, seed: number, delivery: Delivery): Promise<Ended> {
  const random = new Random(seed);
  const world = build(scenario.plan(random.fork()), random, delivery);
  return onItsClock(world, async () => {
    const { scheduler, people, queue, eventSource, network, plan } = world;
    people.begin(startMs);
    operate(world, random.fork());
    const isOver = () =>
      people.outstanding === 0 && queue.messages.length === 0 && eventSource.isIdle && network.underWay === 0;
    const isAtRest = await scheduler.run(isOver, startMs + plan.troubleEndsMs + 25 * dayMs);
    return { ...world, startMs, endMs: scheduler.nowMs, isAtRest };
  });
}

/** `Date.now` is that of the container that is running, else the world's. */
export async function onItsClock<Result>(
  { scheduler }: Pick<World, 'scheduler'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const realNow = Date.now;
  Date.now = () => running.getStore()?.now() ?? scheduler.nowMs;
  try {
    return await work();
  } finally {
    Date.now = realNow;
  }
}

/** What a history needs: the simulation's machine, with a meter on it. */
export type World = ReturnType<typeof build>;

export function build(plan: Plan, random: Random, delivery: Delivery) {
  const scheduler = new Scheduler(startMs);
  const now = () => scheduler.nowMs;
  const trace = new Trace(now);
  const meter = new Meter();
  const systems = systemsOf(plan, random.fork(), trace, scheduler, (system, id) => removeRecord(world, system, id));
  const spells = plan.spells.map((spell) => ({ ...spell, fromMs: startMs + spell.fromMs, toMs: startMs + spell.toMs }));
  const weather = new Weather(spells, random.fork());
  const tokens = new Tokens(now, weather);
  const deadLetters = new DeadLetters(meter, trace, now);
  const queue = new CountedQueue(meter, now, { ...delivery.queue, deadLetters });
  const queued = () => eventSource.wake();
  const people: People = new People({ plan, scheduler, random: random.fork(), trace, queue, systems, queued });
  const network = new Network({
    scheduler,
    random: random.fork(),
    trace,
    weather,
    systems,
    recordOf: (correlationId) => people.events.get(correlationId)?.record,
    isAuthentic: (system, authorization) => tokens.isAuthentic(system, authorization),
  });
  const table = new MemoryTable();
  const world = { plan, scheduler, trace, systems, weather, tokens, deadLetters, queue, people, network, table, meter };
  const isTrouble = () => now() < startMs + plan.troubleEndsMs;
  const trouble = () => (isTrouble() ? { crashes: plan.crashes, faults: plan.ownFaults } : { crashes: 0, faults: 0 });
  const parts = { scheduler, random: random.fork(), queue, invocations: plan.invocations };
  const breakage = countingTable(meter);
  const wired = delivery.containersOf({ ...world, random: random.fork(), trouble, running, breakage });
  const containers = timed(wired, meter, now);
  const eventSource: EventSource = new EventSource({
    ...parts,
    losesDelete: () => random.chance(trouble().faults),
    handsOverTwice: () => random.chance(plan.twice),
    ...containers,
  });
  return { ...world, eventSource, containers };
}

/** The two systems; what is done at the destination is told. */
function systemsOf(
  plan: Plan,
  chance: Random,
  trace: Trace,
  scheduler: Scheduler,
  remove: (system: SystemName, id: string) => void,
): { stripe: StripeModel; salesforce: SalesforceModel } {
  const { destination } = endsOfFlow(plan.flow);
  const observerOf = (system: SystemName): Observer => ({
    applied: (change) => system === destination && trace.add({ kind: 'applied', ...change }),
    created(record, id) {
      if (system !== destination) return;
      trace.add({ kind: 'created', record, id });
      if (!chance.chance(plan.deletedWhenMade)) return;
      scheduler.at(scheduler.nowMs + chance.between(0, 65_000), () => remove(system, id));
    },
  });
  return {
    stripe: new StripeModel(observerOf('stripe'), () => scheduler.nowMs),
    salesforce: new SalesforceModel(observerOf('salesforce')),
  };
}

/** Dead letters; those that SQS itself moved there, by its receive limit, are told here. */
class DeadLetters extends FifoQueue {
  readonly #meter: Meter;
  readonly #trace: Trace;

  constructor(meter: Meter, trace: Trace, now: () => number) {
    super(now);
    this.#meter = meter;
    this.#trace = trace;
  }

  override send(sent: Sent): string {
    if (sent.attributes !== undefined) this.#meter.sqsRequests += 1;
    else {
      const { correlationid: correlationId, time: firstSeen } = JSON.parse(sent.body);
      const letter = { reason: 'received too often', category: '', attempts: 0, lastErrorCode: '' };
      const messageId = sent.deduplicationId;
      this.#trace.add({ kind: 'dead-letter', messageId, letter: { ...letter, correlationId, firstSeen } });
    }
    return super.send(sent);
  }
}
