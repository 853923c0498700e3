/** How a flow delivers. Every number of the delivery rules is here; times in milliseconds unless the name says otherwise. */
export interface Policies {
  readonly retry: {
    /** A transient failure is tried this often, then the event is a dead letter. */
    readonly attempts: number;
    /** Wait after attempt n: `base * 2^(n-1)`, varied by `jitter`, rounded to whole seconds. */
    readonly baseMs: number;
    /** Share by which a wait is varied, either way: 0.3 = +-30 %. */
    readonly jitter: number;
    /** `at-once`: parked when the attempts are spent. */
    readonly giveUp: 'at-once';
  };
  readonly busy: {
    /** First wait where the destination names none; it doubles up to `maxMs`. */
    readonly baseMs: number;
    readonly maxMs: number;
  };
  readonly auth: {
    /** Wait after a refreshed credential was refused too. */
    readonly waitMs: number;
  };
  readonly concurrency: {
    /** Invocations at once, from the queue (Lambda `MaximumConcurrency`, 2..1000). */
    readonly invocations: number;
    /** Groups of one batch delivered at once. */
    readonly groups: number;
  };
}

/** The design's numbers. */
export const defaultPolicies: Policies = {
  retry: { attempts: 5, baseMs: 1_000, jitter: 0.3, giveUp: 'at-once' },
  busy: { baseMs: 1_000, maxMs: 60_000 },
  auth: { waitMs: 30_000 },
  concurrency: { invocations: 5, groups: 10 },
};

/** What differs from the defaults: name only the numbers that do. */
export type PolicyOverrides = { readonly [Group in keyof Policies]?: Partial<Policies[Group]> };

/** A flow's policies: its own, else the integration's, else the defaults. */
export function resolvePolicies(...layers: (PolicyOverrides | undefined)[]): Policies {
  return layers.reduce<Policies>(
    (policies, layer) => ({
      retry: { ...policies.retry, ...layer?.retry },
      busy: { ...policies.busy, ...layer?.busy },
      auth: { ...policies.auth, ...layer?.auth },
      concurrency: { ...policies.concurrency, ...layer?.concurrency },
    }),
    defaultPolicies,
  );
}
