import type { Limits, TrafficClass } from '../../../../functions/contract/limits.ts';
import { Limiter } from '../../../../functions/deliver-event/limiter.ts';
import { MemoryLimitStore } from './limit-store.ts';

export const startMs = Date.parse('2026-11-20T08:30:00Z');

/** One world: a clock that moves by sleeping, and containers that share a store. */
export function aLimitedWorld(limits: Limits) {
  const store = new MemoryLimitStore();
  const clock = { ms: startMs };
  const begunMs: number[] = [];
  const probes: number[] = [];
  let onProbe: (limiter: Limiter) => Promise<void> = async () => {};
  let oversleepMs = 0;
  function aContainer() {
    const limiter: Limiter = new Limiter({
      system: 'stripe',
      limits,
      store,
      recheckMs: 300_000,
      probe: async () => {
        probes.push(clock.ms);
        await limiter.permit({ trafficClass: 'probe', patienceMs: 0 });
        await onProbe(limiter);
      },
      now: () => clock.ms,
      sleep: async (ms) => {
        clock.ms += ms + oversleepMs;
      },
    });
    return limiter;
  }
  const call = async (limiter: Limiter, trafficClass: TrafficClass | 'probe' = 'live', patienceMs = 0) => {
    const refusal = await limiter.permit({ trafficClass, patienceMs });
    if (refusal === undefined) begunMs.push(clock.ms);
    return refusal;
  };
  const whenProbed = (act: typeof onProbe) => {
    onProbe = act;
  };
  const oversleep = (ms: number) => {
    oversleepMs = ms;
  };
  return { store, clock, begunMs, probes, aContainer, call, whenProbed, oversleep };
}
