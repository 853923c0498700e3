import { Answers } from '../../../../functions/deliver-event/answers.ts';
import { Guard } from '../../../../functions/deliver-event/guard.ts';
import { type Failure, type Outcome, success } from '../../../../functions/engine/outcome.ts';
import { defaultPolicies } from '../../../../functions/specification/policies.ts';
import { createHealth } from '../../../../functions/state/health.ts';
import { ownClock } from './clock.ts';
import { MemoryTable } from './state-table.ts';
import { KeptTelemetry } from './telemetry.ts';

export const down = { kind: 'transient', code: 'http-503', operation: 'billing.update', status: 503 } as const;
export const refused = { kind: 'auth', code: 'INVALID_SESSION_ID', operation: 'billing.update', status: 401 } as const;
export const busy = { kind: 'busy', code: 'rate_limit', operation: 'billing.update', status: 429 } as const;

/** One system, the table, and containers that call the system through a guard of their own. */
export function aGuardedSystem() {
  const clock = ownClock();
  const table = new MemoryTable();
  const health = createHealth(table, 'shop');
  const telemetry = new KeptTelemetry();
  /** What the system answers at present, and what it was asked. */
  const system = {
    answer: success('done') as Outcome<string>,
    probeAnswer: success('alive') as Outcome<unknown> | Promise<Outcome<unknown>>,
    calls: 0,
    probes: [] as number[],
  };

  /** A container after its cold start. */
  function container({ random = 0 } = {}) {
    const answers = new Answers(health, clock.now, telemetry);
    const guard = new Guard({
      system: 'billing',
      health,
      answers,
      policies: defaultPolicies,
      telemetry,
      probe: async () => {
        system.probes.push(clock.now());
        return system.probeAnswer;
      },
      now: clock.now,
      random: () => random,
    });
    const call = (key = 'k', answer?: Outcome<string>) =>
      guard.call('billing.update', key, async () => {
        system.calls += 1;
        return answer ?? system.answer;
      });
    return { guard, answers, call };
  }

  const state = () => health.readBreaker('billing');
  const writes = () => table.calls.filter(({ step }) => step !== 'get');
  return { clock, table, health, telemetry, system, container, state, writes };
}

/** What a guard that lets no call through answers. */
export const refusal = (code: string, retryAfterMs: number): Failure => ({
  kind: 'busy',
  code,
  operation: 'billing.update',
  retryAfterMs,
});
