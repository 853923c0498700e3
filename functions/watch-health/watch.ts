import type { BreakerState, HealthStore } from '../contract/health.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { Telemetry } from '../contract/telemetry.ts';

/** Takes the gauges of one system or flow, under the `service` that its alarms watch. */
export interface Gauges {
  set(metric: Gauge, value: number): void;
  /** Sends what was set. */
  publish(): void;
}

/** What `watch-health` measures. */
export type Gauge =
  | typeof metricNames.flowOnHold
  | typeof metricNames.breakerOpen
  | typeof metricNames.breakerOpenSeconds
  | typeof metricNames.authBreakerOpen;

export interface WatchServices {
  /** Names of the integration's systems and flows. */
  readonly systems: readonly string[];
  readonly flows: readonly string[];
  readonly health: Pick<HealthStore, 'readBreaker' | 'readHold'>;
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
  ]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  services.telemetry.count(metricNames.healthWatched);
}

async function watchFlow(flow: string, { health, gauges, telemetry }: WatchServices): Promise<void> {
  const { reason } = await health.readHold(flow);
  const of = gauges(flow);
  of.set(metricNames.flowOnHold, reason === undefined ? 0 : 1);
  of.publish();
  if (reason !== undefined) telemetry.warn('flow is held', { flow, reason });
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

/** Whole seconds; clocks of two containers differ by a little. */
function secondsOpen(breaker: BreakerState, nowMs: number): number {
  return breaker.state === 'open' ? Math.max(0, Math.round((nowMs - breaker.openedMs) / 1000)) : 0;
}
