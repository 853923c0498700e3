import { type History, noHistory } from '../../../../functions/contract/delivery.ts';
import type { Failure } from '../../../../functions/engine/outcome.ts';
import { type Circumstances, judge } from '../../../../functions/engine/retry.ts';
import { defaultPolicies, type Policies } from '../../../../functions/specification/policies.ts';

export const startMs = Date.parse('2026-11-20T08:00:00Z');

export interface Case {
  readonly failure?: Partial<Failure>;
  readonly history?: Partial<History>;
  readonly at?: Partial<Circumstances>;
  readonly policies?: Policies;
  /** What the dice show: 0..1. */
  readonly roll?: number;
}

/** Judges one failure, a transient one of a call that certainly did nothing where the case says nothing else. */
export function judged({ failure, history, at, policies = defaultPolicies, roll = 0.5 }: Case = {}) {
  return judge(
    { kind: 'transient', code: 'http-503', operation: 'salesforce.upsert', ...failure },
    { ...noHistory, ...history },
    { nowMs: startMs, othersSucceed: undefined, ...at },
    policies,
    () => roll,
  );
}

/** The wait of a verdict in seconds; undefined where it parks. */
export const waitOf = (verdict: ReturnType<typeof judged>) =>
  verdict.action === 'hand-back' ? verdict.waitMs / 1000 : undefined;
