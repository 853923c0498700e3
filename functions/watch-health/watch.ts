import type { BreakerState, HealthStore } from '../contract/health.ts';
import type { LimitStore, Limits } from '../contract/limits.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { ParkedStore } from '../contract/parked.ts';
import type { Telemetry } from '../contract/telemetry.ts';
import type { TokenStore } from '../contract/tokens.ts';
import { usageOf } from '../engine/limits.ts';

/** Takes the gauges of one system or flow, under the `service` that its alarms watch. */
export interface Gauges {
  set(metric: Gauge, value: number): void;
  /** Sends what was set. */
  publish(): void;
}

/** What `watch-health` measures. */
export type Gauge =
  | typeof metricNames.flowOnHold
  | typeof metricNames.parkedEvents
  | typeof metricNames.breakerOpen
  | typeof metricNames.breakerOpenSeconds
  | typeof metricNames.dailyBudgetUsed
  | typeof metricNames.authBreakerOpen
  | typeof metricNames.tokenAgeMinutes;

export interface WatchServices {
  /** Names of the integration's systems and flows. */
  readonly systems: readonly string[];
  /** Those of the systems that have tokens. */
  readonly tokens: readonly string[];
  readonly flows: readonly string[];
  readonly tokenStore: Pick<TokenStore, 'read'>;
  readonly health: Pick<HealthStore, 'readBreaker' | 'readHold'>;
  /** Of the systems that have limits. */
  readonly limits: ReadonlyMap<string, Limits>;
  readonly limitStore: Pick<LimitStore, 'read'>;
  readonly parked: Pick<ParkedStore, 'countUnsettled'>;
  gauges(of: string): Gauges;
  readonly telemetry: Telemetry;
  now(): number;
}

/**
 * Emits how an integration's systems and flows do, once: 0 where all is well, so that an alarm can tell "well" from
 * "nobody looked".
 * @throws what the state table answered, when everything that could be read was emitted: AWS counts the failure, and
 * the alarm QuietWatch tells of it where it lasts.
 */
export async function watch(services: WatchServices): Promise<void> {
  const results = await Promise.allSettled([
    ...services.flows.map((flow) => watchFlow(flow, services)),
    ...services.systems.map((system) => watchSystem(system, services)),
    ...[...services.limits].map(([system, limits]) => watchBudget(system, limits, services)),
    ...services.tokens.map((system) => watchToken(system, services)),
  ]);
  throwFirst(results);
  services.telemetry.count(metricNames.healthWatched);
}

/** One line for a flow, with what could be read. */
async function watchFlow(flow: string, { health, parked, gauges, telemetry }: WatchServices): Promise<void> {
  const of = gauges(flow);
  const results = await Promise.allSettled([
    health.readHold(flow).then(({ reason }) => {
      of.set(metricNames.flowOnHold, reason === undefined ? 0 : 1);
      if (reason !== undefined) telemetry.warn('flow is held', { flow, reason });
    }),
    parked.countUnsettled(flow).then((count) => of.set(metricNames.parkedEvents, count)),
  ]);
  if (results.some(({ status }) => status === 'fulfilled')) of.publish();
  throwFirst(results);
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function watchSystem(system: string, { health, gauges, telemetry, now }: WatchServices): Promise<void> {
  const breaker = await health.readBreaker(system);
  const of = gauges(system);
  of.set(metricNames.breakerOpen, breaker.state === 'open' ? 1 : 0);
  of.set(metricNames.breakerOpenSeconds, secondsOpen(breaker, now()));
  of.set(metricNames.authBreakerOpen, breaker.state === 'open' && breaker.reason === 'auth' ? 1 : 0);
  of.publish();
  if (breaker.state === 'open') telemetry.warn('breaker is open', { system, reason: breaker.reason });
}

async function watchBudget(system: string, limits: Limits, { limitStore, gauges, now }: WatchServices): Promise<void> {
  if (limits.perDay === undefined) return;
  const { used, max } = usageOf(limits, await limitStore.read(system), now());
  const of = gauges(system);
  of.set(metricNames.dailyBudgetUsed, (100 * used) / max);
  of.publish();
}

/** Of a system that never had a token there is nothing to tell. */
async function watchToken(system: string, { tokenStore, gauges, now }: WatchServices): Promise<void> {
  const { issuedMs } = await tokenStore.read(system);
  if (issuedMs === undefined) return;
  const of = gauges(system);
  of.set(metricNames.tokenAgeMinutes, Math.max(0, now() - issuedMs) / 60_000);
  of.publish();
}

/** Whole seconds; clocks of two containers differ by a little. */
function secondsOpen(breaker: BreakerState, nowMs: number): number {
  return breaker.state === 'open' ? Math.max(0, Math.round((nowMs - breaker.openedMs) / 1000)) : 0;
}
