import { AsyncLocalStorage } from 'node:async_hooks';
import type { ParkedMessage } from '../../functions/contract/parked.ts';
import type { FifoQueue } from '../functions/deliver-event/support/fifo-queue.ts';
import { MemoryTable } from '../functions/deliver-event/support/state-table.ts';
import type { Breakage } from './breakage.ts';
import { type Violation, violationsOf } from './checker.ts';
import { Comparisons } from './machine/comparisons.ts';
import type { Container } from './machine/container.ts';
import { containersOf } from './machine/containers.ts';
import { Tokens } from './machine/credentials.ts';
import { EventSource } from './machine/event-source.ts';
import { gatesOf } from './machine/gate.ts';
import { LimitRows } from './machine/limit-rows.ts';
import { Network } from './machine/network.ts';
import { operate, removeRecord } from './machine/operator.ts';
import { Operators } from './machine/operators.ts';
import { ParkedTable } from './machine/parked.ts';
import { parkersOf } from './machine/parkers.ts';
import { People } from './machine/people.ts';
import { ToldQueue } from './machine/queues.ts';
import { Random } from './machine/random.ts';
import { Scheduler } from './machine/scheduler.ts';
import { beginStrangers } from './machine/strangers.ts';
import { type KeptList, keptLists } from './machine/table.ts';
import { Tending } from './machine/tending.ts';
import { Weather } from './machine/weather.ts';
import { dayMs, endsOfFlow, type Plan, type Scenario } from './plan.ts';
import { SalesforceModel } from './systems/salesforce.ts';
import { Sessions } from './systems/sessions.ts';
import { StripeModel } from './systems/stripe.ts';
import type { Observer, SystemModel, SystemName } from './systems/system.ts';
import { Trace } from './trace.ts';

/** No run tells so much, but one that goes round and round. */
const mostEntries = 100_000;

/** Whoever tends what is parked looks in once an hour at least. */
const tendedWithinMs = 4 * dayMs;

/** Six times the function's timeout. */
const visibilityTimeoutMs = 180_000;

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
  /** When all was at rest, before operators mended anything. */
  readonly restMs: number;
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  /** Every item of the parked table, and every key's list. */
  readonly parkedItems: readonly ParkedMessage[];
  readonly lists: readonly KeptList[];
  readonly systems: Readonly<Record<SystemName, SystemModel>>;
  readonly people: People;
}

/** Which container is running: `Date.now` is that one's clock. */
const running = new AsyncLocalStorage<Container>();

type NewQueue = (...parts: ConstructorParameters<typeof ToldQueue>) => ToldQueue;

/** What stands in the place of the real parts, to break or to measure them. */
export interface Setting {
  readonly breakage?: Breakage;
  readonly newQueue?: NewQueue;
  readonly newDeadLetters?: NewQueue;
  readonly containersOf?: typeof containersOf;
  /** Whether dead letters are moved into the parked table. @default true */
  readonly parks?: boolean;
}

/** Runs one seed of a scenario on a virtual clock, and checks it. */
export async function simulate(scenario: Scenario, seed: number, breakage: Breakage = {}): Promise<Run> {
  const random = new Random(seed);
  const plan = scenario.plan(random.fork());
  const world = build(plan, random, { breakage });
  const atRest = await onItsClock(world, () => play(world, random));
  const { trace, endMs } = atRest;
  return { scenario: scenario.name, seed, plan, trace, startMs, endMs, violations: violationsOf(atRest) };
}

/** `Date.now` is that of the container that is running, else the world's. */
export async function onItsClock<Result>({ scheduler }: Pick<World, 'scheduler'>, work: () => Promise<Result>) {
  const realNow = Date.now;
  Date.now = () => running.getStore()?.now() ?? scheduler.nowMs;
  try {
    return await work();
  } finally {
    Date.now = realNow;
  }
}

/** Everything that the plan brings, until all is at rest. */
export async function play(world: World, random: Random): Promise<AtRest> {
  const { plan, scheduler, people, parks } = world;
  people.begin(startMs);
  world.comparisons.begin();
  operate(world, random.fork());
  const isQuiet = quietOf(world);
  const runUntil = async (isDone: () => boolean, untilMs: number) => {
    const isEndless = () => world.trace.entries.length > mostEntries;
    await scheduler.run(() => isDone() || isEndless(), untilMs);
    return isDone();
  };
  let isAtRest = await runUntil(isQuiet, startMs + plan.troubleEndsMs + 25 * dayMs);
  const restMs = scheduler.nowMs;
  if (isAtRest && plan.tended && parks) {
    const tending = new Tending(world, random.fork(), isQuiet);
    tending.begin();
    isAtRest = await runUntil(() => tending.isOver && isQuiet(), restMs + tendedWithinMs);
  }
  const [parkedItems, lists] = [world.parked.store.all(), keptLists(world.table, people)];
  return { ...world, startMs, endMs: scheduler.nowMs, isAtRest, restMs, parkedItems, lists };
}

/** Nothing is under way anywhere. */
function quietOf({ people, queue, deadLetters, eventSource, parkingSource, operators, network, parks }: World) {
  return () =>
    people.outstanding === 0 &&
    queue.messages.length === 0 &&
    (!parks || deadLetters.messages.length === 0) &&
    eventSource.isIdle &&
    parkingSource.isIdle &&
    operators.busy === 0 &&
    network.underWay === 0;
}

export type World = ReturnType<typeof build>;

export function build(plan: Plan, random: Random, setting: Setting = {}) {
  const { breakage = {}, parks = true } = setting;
  const newQueue: NewQueue = (...parts) => new ToldQueue(...parts);
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
  const sessions = new Sessions({ now, random: random.fork(), tokens: plan.tokens });
  const deadLetters = (setting.newDeadLetters ?? newQueue)(now, () => parkingSource.wake(), { visibilityTimeoutMs });
  const queue = (setting.newQueue ?? newQueue)(now, () => eventSource.wake(), {
    visibilityTimeoutMs,
    maxReceiveCount: 1000,
    deadLetters,
  });
  const people: People = new People({
    plan,
    scheduler,
    random: random.fork(),
    trace,
    queue,
    systems,
  });
  const network = new Network({
    scheduler,
    random: random.fork(),
    trace,
    weather,
    systems,
    recordOf: (correlationId) => people.events.get(correlationId)?.record,
    sessions,
    gates: gatesOf(plan, { startMs, now, random: random.fork() }),
  });
  const table = new MemoryTable();
  const isTroubled = () => now() < startMs + plan.troubleEndsMs;
  const trouble = () => (isTroubled() ? { crashes: plan.crashes, faults: plan.ownFaults } : { crashes: 0, faults: 0 });
  const shared = { plan, scheduler, trace, table, people, running, breakage, trouble };
  const tokens = new Tokens({ ...shared, random: random.fork(), network, sessions });
  const parked = new ParkedTable({ scheduler, random: random.fork(), trace, people });
  const parts = {
    plan,
    scheduler,
    trace,
    systems,
    weather,
    tokens,
    deadLetters,
    queue,
    people,
    network,
    table,
    parked,
    limitRows: new LimitRows(),
    isTroubled,
  };
  const operators = new Operators({ ...parts, random: random.fork(), running, breakage });
  const world = { ...parts, operators, parks };
  const parkingTrouble = () => {
    const sinceMs = now() - startMs;
    const isDown = sinceMs >= plan.parkingDown.fromMs && sinceMs < plan.parkingDown.toMs;
    return isDown ? { crashes: 0, faults: 1 } : undefined;
  };
  const source = { scheduler, random: random.fork(), queue, invocations: plan.invocations };
  const inContainers = setting.containersOf ?? containersOf;
  const within = { ...world, trouble, running, breakage };
  const containers = inContainers({ ...within, random: random.fork() });
  const comparisons = new Comparisons({ ...within, random: random.fork() });
  beginStrangers({ ...within, random: random.fork() });
  const eventSource = new EventSource({
    ...source,
    losesDelete: () => random.chance(trouble().faults),
    handsOverTwice: () => random.chance(plan.twice),
    ...containers,
  });
  const parkingSource = new EventSource({
    scheduler,
    random: random.fork(),
    queue: deadLetters,
    invocations: parks ? 2 : 0,
    losesDelete: () => random.chance(trouble().faults),
    handsOverTwice: () => random.chance(plan.twice),
    ...parkersOf({ ...world, random: random.fork(), trouble: () => parkingTrouble() ?? trouble(), running, breakage }),
  });
  return { ...world, eventSource, parkingSource, containers, comparisons };
}
