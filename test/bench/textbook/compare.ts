import { setImmediate } from 'node:timers/promises';
import { endsOfFlow, type Scenario } from '../../simulation/plan.ts';
import { type Delivery, millrace, textbook } from './delivery.ts';
import { type Faults, faultsOf } from './faults.ts';
import { compared, outageMs, outages, seeds } from './histories.ts';
import { Meter } from './meter.ts';
import { type Ended, runHistory } from './world.ts';

/** All seeds of one scenario under one delivery. */
export interface Tally {
  events: number;
  calls: number;
  faults: Faults;
  readonly meter: Meter;
  /** Seeds in which something went wrong. */
  readonly broken: number[];
  /** From the return of the destination until the last of what waited for it was out of the queue; by history. */
  readonly drainMs: number[];
  /** Calls to the destination while it was away: for events, and probes. */
  callsWhileDown: number;
  probesWhileDown: number;
}

/** The same histories, by the textbook and by Millrace. */
export interface Compared {
  readonly name: string;
  readonly textbook: Tally;
  readonly millrace: Tally;
}

interface Options {
  readonly signal: AbortSignal;
  readonly say: (progress: string) => void;
}

export function compareScenarios(options: Options): Promise<Compared[]> {
  return compareAll(compared, options);
}

export function compareOutages(options: Options): Promise<Compared[]> {
  return compareAll(outages, options);
}

async function compareAll(scenarios: readonly Scenario[], { signal, say }: Options): Promise<Compared[]> {
  const results: Compared[] = [];
  for (const scenario of scenarios) {
    say(`${scenario.name}, ${results.length + 1} of ${scenarios.length}`);
    results.push({
      name: scenario.name,
      textbook: await tallyOf(scenario, textbook, signal),
      millrace: await tallyOf(scenario, millrace, signal),
    });
  }
  return results;
}

async function tallyOf(scenario: Scenario, delivery: Delivery, signal: AbortSignal): Promise<Tally> {
  const tally = emptyTally();
  for (const seed of seeds) {
    // A simulation never waits: what else there is to do, a signal say, gets its turn here.
    await setImmediate();
    signal.throwIfAborted();
    add(tally, seed, await runHistory(scenario, seed, delivery));
  }
  return tally;
}

/** All of them as one; what is told by history is left out. */
export function sum(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies) {
    total.events += tally.events;
    total.calls += tally.calls;
    total.faults = plus(total.faults, tally.faults);
    total.meter.add(tally.meter);
  }
  return total;
}

function emptyTally(): Tally {
  const faults = { lost: 0, double: 0, outOfOrder: 0, wronglyParked: 0, parked: 0 };
  return {
    events: 0,
    calls: 0,
    faults,
    meter: new Meter(),
    broken: [],
    drainMs: [],
    callsWhileDown: 0,
    probesWhileDown: 0,
  };
}

function add(tally: Tally, seed: number, ended: Ended): void {
  const { trace, plan, startMs, meter } = ended;
  const faults = faultsOf(ended);
  const calls = trace.of('call');
  tally.events += trace.of('queued').length;
  tally.calls += calls.length;
  tally.faults = plus(tally.faults, faults);
  tally.meter.add(meter);
  const { parked: _, ...wrong } = faults;
  if (Object.values(wrong).some((count) => count > 0)) tally.broken.push(seed);
  if (plan.expect.returnAtMs === undefined) return;
  tally.drainMs.push(drainMsOf(ended, plan.expect.returnAtMs));
  const { destination } = endsOfFlow(plan.flow);
  const isDown = (atMs: number) => atMs >= startMs + outageMs.from && atMs < startMs + outageMs.to;
  const made = calls.filter(({ system, atMs }) => system === destination && isDown(atMs));
  const probes = made.filter(({ operation }) => operation === 'probe').length;
  tally.callsWhileDown += made.length - probes;
  tally.probesWhileDown += probes;
}

function drainMsOf({ trace, startMs }: Ended, returnAtMs: number): number {
  const backMs = startMs + returnAtMs;
  const waiting = new Set(trace.of('queued').flatMap(({ messageId, atMs }) => (atMs < backMs ? [messageId] : [])));
  const gone = [
    ...trace.of('removed').flatMap(({ messageIds, atMs }) => messageIds.map((id) => ({ id, atMs }))),
    ...trace.of('dead-letter').map(({ messageId: id, atMs }) => ({ id, atMs })),
  ];
  return Math.max(0, ...gone.filter(({ id }) => waiting.has(id)).map(({ atMs }) => atMs - backMs));
}

function plus(one: Faults, other: Faults): Faults {
  return {
    lost: one.lost + other.lost,
    double: one.double + other.double,
    outOfOrder: one.outOfOrder + other.outOfOrder,
    wronglyParked: one.wronglyParked + other.wronglyParked,
    parked: one.parked + other.parked,
  };
}
