import { mostLateEvents } from '../../functions/state/late-events.ts';
import { findingsOf } from './findings.ts';
import type { FlowStatus, StageStatus, SystemStatus } from './stage-status.ts';

/**
 * For scripts. Fields may be added, and none is taken away or changes its meaning; what nobody tells, or what does not
 * apply, is null. Times are ISO 8601, ages in seconds.
 */
export function statusToJson(status: StageStatus) {
  const { stage, atMs, flows, systems } = status;
  const findings = findingsOf(status);
  return {
    stage,
    at: iso(atMs),
    flows: flows.map((flow) => flowToJson(flow)),
    systems: systems.map((system) => systemToJson(system, atMs)),
    findings: findings.map(({ level, symptom, of, told }) => ({
      level,
      symptom,
      integration: of.integration,
      [of.kind]: of.name,
      message: told,
    })),
  };
}

function flowToJson({ flow, held, queue, oldestSeconds, late, parked, deadLetters }: FlowStatus) {
  return {
    integration: flow.integration,
    flow: flow.name,
    held: held ?? null,
    queue: { ...queue, oldestSeconds: oldestSeconds ?? null },
    late: {
      count: late.length,
      isComplete: late.length < mostLateEvents,
      events: late.map(({ eventId, subject, sinceMs }) => ({ event: eventId, key: subject, since: iso(sinceMs) })),
    },
    parked: {
      parked: parked.parked,
      waiting: parked.waiting,
      releasing: parked.releasing,
      oldest: parked.oldestMs === undefined ? null : iso(parked.oldestMs),
    },
    deadLetters,
  };
}

function systemToJson({ system, breaker, budget, tokenIssuedMs }: SystemStatus, nowMs: number) {
  return {
    integration: system.integration,
    system: system.name,
    breaker:
      breaker.state === 'closed'
        ? { state: breaker.state, reason: null, since: null, nextProbe: null }
        : {
            state: breaker.state,
            reason: breaker.reason,
            since: iso(breaker.openedMs),
            nextProbe: breaker.reason === 'operator' ? null : iso(breaker.probeMs),
          },
    budget: budget === undefined ? null : { used: budget.used, max: budget.max ?? null },
    tokenAgeSeconds: tokenIssuedMs === undefined ? null : Math.floor((nowMs - tokenIssuedMs) / 1000),
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
