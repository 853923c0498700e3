import type { BreakerState } from '../../functions/contract/health.ts';
import type { LimitState, Limits } from '../../functions/contract/limits.ts';
import type { ParkedEvent } from '../../functions/contract/parked.ts';
import { usageOf } from '../../functions/engine/limits.ts';
import { mapBounded } from '../../functions/engine/map-bounded.ts';
import { createHealth } from '../../functions/state/health.ts';
import { createLateEvents, type LateEvent } from '../../functions/state/late-events.ts';
import { createTokens } from '../../functions/state/tokens.ts';
import type { OpenStage } from '../connect-stage.ts';
import { flowsOf, type Integration, type Part, partsOf } from '../parts.ts';
import type { Depth } from './flow-queues.ts';

/** How a stage does, at one moment. */
export interface StageStatus {
  readonly stage: string;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly flows: readonly FlowStatus[];
  readonly systems: readonly SystemStatus[];
}

export interface FlowStatus {
  readonly flow: Part;
  /** Why it is held; undefined while it runs. */
  readonly held: string | undefined;
  readonly queue: Depth;
  /** How long the oldest message has waited, in seconds; undefined where nobody tells. */
  readonly oldestSeconds: number | undefined;
  readonly late: readonly LateEvent[];
  readonly parked: ParkedCounts;
  readonly deadLetters: Depth;
}

/** `waiting`: only behind a parked event of their key. `releasing`: back in the queue. */
export interface ParkedCounts {
  readonly parked: number;
  readonly waiting: number;
  readonly releasing: number;
  /** When the oldest of the parked was parked, Unix milliseconds. */
  readonly oldestMs: number | undefined;
}

export interface SystemStatus {
  readonly system: Part;
  readonly breaker: BreakerState;
  /** Calls of the last 24 hours; undefined where they are not counted. */
  readonly budget: Budget | undefined;
  /** When its access token was made, Unix milliseconds; undefined where it has none. */
  readonly tokenIssuedMs: number | undefined;
}

export interface Budget {
  readonly used: number;
  /** Undefined where the system has no limit by the day. */
  readonly max: number | undefined;
}

/** Reads at work at once. */
const readsAtOnce = 8;

/** CloudWatch learns something new once a minute, and counts what it is asked. */
const agesKeptMs = 60_000;

/** Answers how a stage does, as often as it is asked. */
export function createStatusReader(
  stage: OpenStage,
  name: string,
  integrations: readonly Integration[],
  now: () => number,
): () => Promise<StageStatus> {
  const flows = flowsOf(integrations);
  const systems = partsOf(integrations).filter(({ kind }) => kind === 'system');
  let ages: { readonly atMs: number; readonly byFlow: Promise<ReadonlyMap<Part, number>> } | undefined;
  return async () => {
    const atMs = now();
    if (ages === undefined || atMs - ages.atMs >= agesKeptMs) ages = { atMs, byFlow: stage.queues.agesOf(flows) };
    const byFlow = await ages.byFlow;
    return {
      stage: name,
      atMs,
      flows: await mapBounded(flows, readsAtOnce, (flow) => readFlow(stage, flow, byFlow.get(flow), atMs)),
      systems: await mapBounded(systems, readsAtOnce, (system) => readSystem(stage, system, atMs)),
    };
  };
}

async function readFlow(
  stage: OpenStage,
  flow: Part,
  oldestSeconds: number | undefined,
  nowMs: number,
): Promise<FlowStatus> {
  const { integration, name } = flow;
  const [{ reason: held }, { queue, deadLetters }, late, unsettled] = await Promise.all([
    createHealth(stage.table, integration).readHold(name),
    stage.queues.depthsOf(flow),
    createLateEvents(stage.table, integration, () => nowMs).read(name),
    stage.parkingOf(integration).store.unsettled(name),
  ]);
  return { flow, held, queue, oldestSeconds, late, parked: countsOf(unsettled), deadLetters };
}

function countsOf(unsettled: readonly ParkedEvent[]): ParkedCounts {
  const count = (status: string) => unsettled.filter((event) => event.status === status).length;
  const parked = unsettled.filter(({ status }) => status === 'parked').map(({ parkedMs }) => parkedMs);
  return {
    parked: parked.length,
    waiting: count('waiting'),
    releasing: count('releasing'),
    oldestMs: parked.length === 0 ? undefined : Math.min(...parked),
  };
}

async function readSystem(stage: OpenStage, system: Part, nowMs: number): Promise<SystemStatus> {
  const { integration, name } = system;
  const { limits, read } = stage.limitsOf(integration);
  const [breaker, state, { issuedMs }] = await Promise.all([
    createHealth(stage.table, integration).readBreaker(name),
    read(name),
    createTokens(stage.table, integration).read(name),
  ]);
  return { system, breaker, budget: budgetOf(limits[name] ?? {}, state, nowMs), tokenIssuedMs: issuedMs };
}

function budgetOf(limits: Limits, state: LimitState, nowMs: number): Budget | undefined {
  const isCounted = state.total > 0 || state.reported !== undefined;
  if (limits.perDay === undefined && !isCounted) return undefined;
  const { used, max } = usageOf(limits, state, nowMs);
  return { used, max: Number.isFinite(max) ? max : undefined };
}
