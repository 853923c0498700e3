import type { Limits } from '../../functions/contract/limits.ts';
import type { PolicyOverrides } from '../../functions/specification/policies.ts';
import type { Random } from './machine/random.ts';
import type { Spell } from './machine/weather.ts';
import type { SystemName } from './systems/system.ts';

export type FlowName = 'account-to-stripe-customer' | 'stripe-customer-to-account';

/** People change so many records, at random times between the two. */
export interface Busyness {
  readonly fromMs: number;
  readonly toMs: number;
  readonly changes: number;
  /** Only these records. @default all */
  readonly records?: readonly number[];
  /** What people write besides the version. */
  readonly remark?: string;
}

/** What an operator does, at a time. */
export interface OperatorAct {
  readonly atMs: number;
  readonly act: 'pause-flow' | 'resume-flow' | 'end-session' | 'replace-key' | ParkingAct;
}

/** Commands about parked events; which one each is about is chosen when it is given. */
export const parkingActs = ['release', 'release-key', 'release-all', 'discard', 'park', 'erase'] as const;

export type ParkingAct = (typeof parkingActs)[number];

/** What a system truly allows, whatever our specification says of it. */
export interface Allowance {
  readonly perSecond?: {
    readonly rate: number;
    readonly burst: number;
    /** What a refusal may say of when to come again, of at most so many seconds. */
    readonly hints: readonly ('seconds' | 'date' | 'none')[];
    readonly hintSeconds: number;
  };
  /** In any 24 hours, whoever makes them; every answer tells it. `others`: how many count as theirs, for a while. */
  readonly perDay?: {
    readonly max: number;
    readonly others: readonly { readonly fromMs: number; readonly toMs: number; readonly used: number }[];
  };
}

/** Salesforce's tokens, and the secrets; all in milliseconds. */
export interface TokenPlan {
  /** A session's, from when its token was made. */
  readonly lastsMs: number;
  /** A new token may be refused for so long. */
  readonly knownAfterMs: number;
  /** Readers may be shown a secret's older text for so long. */
  readonly shownWithinMs: number;
  /** The schedule by which tokens are renewed. */
  readonly everyMs: number;
}

/** Somebody compares the two systems: so many reads, of the lowest class. */
export interface Comparison {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reads: number;
}

/** What may become of events in a run. Everything else must be delivered. */
export interface Expectations {
  /** Records whose events may be parked, with what a dead letter of theirs must say; `must`: one has to be. */
  readonly parked: readonly {
    readonly records: ReadonlySet<number> | 'any';
    readonly codes?: RegExp;
    readonly reason: RegExp;
    readonly must?: boolean;
    /** Of at most so many records in the whole run. */
    readonly atMost?: number;
  }[];
  /** A system came back at this time: the backlog must move soon. */
  readonly returnAtMs?: number;
  /** From the last trouble to rest, in milliseconds. */
  readonly restWithinMs: number;
  /** Whether the flow must have been held at some time, or never. @default either */
  readonly held?: boolean;
}

/** One run: what happens around the delivery, all times from the start, in milliseconds. */
export interface Plan {
  readonly flow: FlowName;
  readonly records: number;
  /** Share of the records that are linked from the start. */
  readonly linked: number;
  readonly busyness: readonly Busyness[];
  readonly spells: readonly Spell[];
  /** Shares of awaits: until `troubleEndsMs`. */
  readonly crashes: number;
  readonly ownFaults: number;
  /** Share of batches that are handed to two containers at once. */
  readonly twice: number;
  readonly troubleEndsMs: number;
  /** Longest delay of a webhook, in milliseconds, and the share of those that are repeated later. */
  readonly lateness: number;
  readonly duplicates: number;
  /** Records one event of which kills the function. */
  readonly killers: readonly number[];
  /** When the function is mended, so that they kill it no more. */
  readonly killersMendedMs: number;
  /** Records that somebody deletes at either end, at random times. */
  readonly deletions: number;
  /** Share of the records made at the destination that somebody deletes within a minute. */
  readonly deletedWhenMade: number;
  readonly operator: readonly OperatorAct[];
  readonly invocations: number;
  /** Largest clock error of a container, in milliseconds. */
  readonly skewMs: number;
  readonly payload: 'reread' | 'event';
  readonly afterDeadLetter: 'continue' | 'halt-key';
  /** Records some events of which a schema refused that was mended since. */
  readonly invalid: readonly number[];
  /** Of all awaits of an operator's process, the share at which it dies: the command is given again. */
  readonly operatorCrashes: number;
  /** For how long nothing can be moved into the parked table; never beyond `troubleEndsMs`. */
  readonly parkingDown: { readonly fromMs: number; readonly toMs: number };
  /** Whether operators mend what is broken and release what is parked, when all has come to rest. */
  readonly tended: boolean;
  readonly policies: PolicyOverrides;
  /** What our specification says of the systems' limits, and what they truly are. */
  readonly limits: Readonly<Partial<Record<SystemName, Limits>>>;
  readonly allowances: Readonly<Partial<Record<SystemName, Allowance>>>;
  /**
   * Until the trouble ends: what a call to the limits' row takes longer, at most and either way; the share that fails, either
   * way; and how often a second other flows take permits of it, and let them lapse.
   */
  readonly limiterRow: { readonly latencyMs: number; readonly faults: number; readonly strangers: number };
  readonly tokens: TokenPlan;
  readonly comparisons: readonly Comparison[];
  readonly expect: Expectations;
}

/** A kind of run; sizes and times are drawn anew for each seed. */
export interface Scenario {
  readonly name: string;
  plan(random: Random): Plan;
}

/** The ends of a flow. */
export function endsOfFlow(flow: FlowName): { source: SystemName; destination: SystemName } {
  return flow === 'account-to-stripe-customer'
    ? { source: 'salesforce', destination: 'stripe' }
    : { source: 'stripe', destination: 'salesforce' };
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
