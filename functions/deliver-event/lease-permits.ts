import type { LimitState, LimitStore } from '../contract/limits.ts';
import { fitting, leaseRequest, mostCalls, type Pace, type Permit, permitsOf } from '../engine/limits.ts';

/** Others may take what was seen to be free, so often in a row. */
const tries = 3;

/** How permits of one system are leased. */
export interface Leasing {
  readonly system: string;
  readonly pace: Pace;
  readonly store: LimitStore;
  now(): number;
}

/** As many permits as there are within `patienceMs`, none or up to `wanted`, and the state that they leave. */
export async function leasePermits(
  { system, pace, store, now }: Leasing,
  wanted: number,
  patienceMs: number,
): Promise<{ readonly permits: readonly Permit[]; readonly state: LimitState }> {
  let calls = Math.min(wanted, mostCalls(pace, patienceMs));
  for (let tried = 1; ; tried += 1) {
    const request = leaseRequest(pace, calls, now(), patienceMs);
    const { granted, state } = await store.lease(system, request);
    if (granted) return { permits: permitsOf(pace, calls, state.tatMs), state };
    calls = fitting(request, state);
    if (calls === 0 || tried === tries) return { permits: [], state };
  }
}
