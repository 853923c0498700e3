import { AsyncLocalStorage } from 'node:async_hooks';
import { FifoQueue } from '../functions/deliver-event/support/fifo-queue.ts';
import { MemoryTable } from '../functions/deliver-event/support/state-table.ts';
import type { Breakage } from './breakage.ts';
import { type Violation, violationsOf } from './checker.ts';
import type { Container } from './machine/container.ts';
import { containersOf } from './machine/containers.ts';
import { Tokens } from './machine/credentials.ts';
import { EventSource } from './machine/event-source.ts';
import { Network } from './machine/network.ts';
import { operate, removeRecord } from './machine/operator.ts';
import { People } from './machine/people.ts';
import { Random } from './machine/random.ts';
import { Scheduler } from './machine/scheduler.ts';
import { Weather } from './machine/weather.ts';
import { dayMs, endsOfFlow, type Plan, type Scenario } from './plan.ts';
import { SalesforceModel } from './systems/salesforce.ts';
import { StripeModel } from './systems/stripe.ts';
import type { Observer, SystemModel, SystemName } from './systems/system.ts';
import { Trace } from './trace.ts';

const startMs = Date.parse('2026-11-20T08:00:00.000Z');

export interface Run {
  readonly scenario: string;
  readonly seed: number;
  readonly plan: Plan;
  readonly trace: Trace;
  readonly startMs: number;
  readonly endMs: number;
  readonly violations: readonly Violation[];
}

/** How the world looks when all is over. */
export interface AtRest {
  readonly plan: Plan;
  readonly trace: Trace;
  readonly startMs: number;
  readonly endMs: number;
  readonly isAtRest: boolean;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly systems: Readonly<Record<SystemName, SystemModel>>;
  readonly people: People;
}

/** Which container is running: `Date.now` is that one's clock. */
const running = new AsyncLocalStorage<Container>();

/** Runs one seed of a scenario on a virtual clock, and checks it. */
export async function simulate(scenario: Scenario, seed: number, breakage: Breakage = {}): Promise<Run> {
  const random = new Random(seed);
  const plan = scenario.plan(random.fork());
  const realNow = Date.now;
  const world = build(plan, random, breakage);
  Date.now = () => running.getStore()?.now() ?? world.scheduler.nowMs;
  try {
    const { scheduler, people, queue, eventSource, network } = world;
    people.begin(startMs);
    operate(world, random.fork());
    const isOver = () =>
      people.outstanding === 0 && queue.messages.length === 0 && eventSource.isIdle && network.underWay === 0;
    const isAtRest = await scheduler.run(isOver, startMs + plan.troubleEndsMs + 25 * dayMs);
    const atRest = { ...world, startMs, endMs: scheduler.nowMs, isAtRest };
    return {
      scenario: scenario.name,
      seed,
      plan,
      trace: world.trace,
      startMs,
      endMs: scheduler.nowMs,
      violations: violationsOf(atRest),
    };
  } finally {
    Date.now = realNow;
  }
}

export type World = ReturnType<typeof build>;

function build(plan: Plan, random: Random, breakage: Breakage) {
  const scheduler = new Scheduler(startMs);
  const now = () => scheduler.nowMs;
  const trace = new Trace(now);
  const chance = random.fork();
  const { destination } = endsOfFlow(plan.flow);
  const observerOf = (system: SystemName): Observer => ({
    applied: (change) => system === destination && trace.add({ kind: 'applied', ...change }),
    created(record, id) {
      if (system !== destination) return;
      trace.add({ kind: 'created', record, id });
      if (!chance.chance(plan.deletedWhenMade)) return;
      scheduler.at(now() + chance.between(0, 65_000), () => removeRecord(world, system, id));
    },
  });
  const systems = {
    stripe: new StripeModel(observerOf('stripe'), now),
    salesforce: new SalesforceModel(observerOf('salesforce')),
  };
  const spells = plan.spells.map((spell) => ({ ...spell, fromMs: startMs + spell.fromMs, toMs: startMs + spell.toMs }));
  const weather = new Weather(spells, random.fork());
  const tokens = new Tokens(now, weather);
  const deadLetters = new FifoQueue(now);
  const queue = new FifoQueue(now, { visibilityTimeoutMs: 180_000, maxReceiveCount: 1000, deadLetters });
  const people: People = new People({
    plan,
    scheduler,
    random: random.fork(),
    trace,
    queue,
    systems,
    queued: () => eventSource.wake(),
  });
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
  const world = { plan, scheduler, trace, systems, weather, tokens, deadLetters, queue, people, network, table };
  const trouble = () =>
    now() < startMs + plan.troubleEndsMs
      ? { crashes: plan.crashes, faults: plan.ownFaults }
      : { crashes: 0, faults: 0 };
  const eventSource = new EventSource({
    scheduler,
    random: random.fork(),
    queue,
    invocations: plan.invocations,
    losesDelete: () => random.chance(trouble().faults),
    handsOverTwice: () => random.chance(plan.twice),
    ...containersOf({ ...world, random: random.fork(), trouble, running, breakage }),
  });
  return { ...world, eventSource };
}
