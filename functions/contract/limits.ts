import * as v from 'valibot';

/**
 * Whose call it is. `live`: a webhook's. `replay`: of an event that was parked and is released. `reconcile`: of a
 * comparison of the two systems. The lower ones leave a part of the day's budget to the live ones.
 */
export const trafficClasses = ['live', 'replay', 'reconcile'] as const;

export type TrafficClass = (typeof trafficClasses)[number];

/** How often a system may be called, by all functions of an integration together. */
export interface Limits {
  /**
   * In any time t, at most `rate * t + burst` calls are begun. `rate`: calls per second; `burst`: at least one more than
   * four fifths of the rate.
   */
  readonly perSecond?: { readonly rate: number; readonly burst: number };
  /**
   * In any 24 hours, at most so many calls. Where a system tells how much of its own quota is used, by whomever, that is
   * kept to as well.
   */
  readonly perDay?: { readonly calls: number };
}

/** How much a function's clock may be wrong, in milliseconds: those of any two may differ by twice as much. */
export const clockSlackMs = 200;

export const limitsSchema: v.GenericSchema<Limits> = v.object({
  perSecond: v.optional(v.object({ rate: v.number(), burst: v.number() })),
  perDay: v.optional(v.object({ calls: v.number() })),
});

/** How much of the day's quota is used, as the system itself told; others may be using the same quota. */
export interface ReportedUsage {
  readonly used: number;
  readonly max: number;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** What all containers know together of one system's limits. */
export interface LimitState {
  /** Every permit before this time is given away, Unix milliseconds; 0: none was given yet. */
  readonly tatMs: number;
  /** Permits by the hour (Unix hours) in which they were given. */
  readonly hours: ReadonlyMap<number, number>;
  /** Permits ever given. */
  readonly total: number;
  /** The last report, and how many permits had been given by then. */
  readonly reported: (ReportedUsage & { readonly total: number }) | undefined;
  /** While the day's budget is spent: when somebody may ask the system again, Unix milliseconds. */
  readonly probeMs: number;
}

/** Asks for permits in a row, one interval apart. */
export interface LeaseRequest {
  readonly calls: number;
  /** Between two permits, in milliseconds; 0 where there is no limit per second. */
  readonly intervalMs: number;
  /** Where nothing is given away after this time, the permits begin here. */
  readonly baseMs: number;
  /** Refused where the permits would begin later than this; not before `baseMs`. */
  readonly latestMs: number;
  /** Unix hours. */
  readonly hour: number;
}

/** Granted: the state with the permits given away. Refused: as it is. */
export interface Lease {
  readonly granted: boolean;
  readonly state: LimitState;
}

/** Keeps the limits' state by system. Each change is one atomic step, without a read before it. */
export interface LimitStore {
  read(system: string): Promise<LimitState>;
  lease(system: string, request: LeaseRequest): Promise<Lease>;
  /** Nobody calls before this time: the system has said so. */
  holdUntil(system: string, untilMs: number): Promise<void>;
  /** Answers the state, with this report unless there is a younger one. */
  report(system: string, usage: ReportedUsage & { readonly total: number }): Promise<LimitState>;
  /** Takes the right to ask a system whose budget is spent, where nobody else has since `seenMs`; answers whether it did. */
  leaseProbe(system: string, seenMs: number, nextMs: number): Promise<boolean>;
}
