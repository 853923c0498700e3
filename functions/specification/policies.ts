import * as v from 'valibot';
import { type SecretClocks, secretClocksSchema } from '../contract/webhook-secret.ts';

/** How a flow delivers. Every number of the delivery rules is here; times in milliseconds unless the name says otherwise. */
export interface Policies {
  readonly retry: {
    /** After so many failed attempts an event is late; with `giveUp: 'at-once'` it is parked then. */
    readonly attempts: number;
    /** Wait after attempt n: `base * 2^(n-1)`, at most `maxMs`, varied by `jitter`, rounded to whole seconds. */
    readonly baseMs: number;
    readonly maxMs: number;
    /** Share by which a wait is varied, either way: 0.3 = +-30 %. */
    readonly jitter: number;
    /**
     * `poison`: parked when `poisonAfterMs` have passed since its first attempt and, at each of its last three, the last
     * answer that others got from the same operation was a success. `at-once`: parked when the attempts are spent.
     */
    readonly giveUp: 'poison' | 'at-once';
    readonly poisonAfterMs: number;
  };
  readonly busy: {
    /** First wait where the system names none; it doubles up to `maxMs`. */
    readonly baseMs: number;
    readonly maxMs: number;
  };
  /** A system's token is shared by all flows: a flow of its own can set `waitMs` only. */
  readonly auth: {
    /** Wait after a renewed credential was refused too; refused OAuth credentials are not shown again before. */
    readonly waitMs: number;
    /** A refused token that is younger may not be known everywhere yet: its calls are made again later. */
    readonly settlingMs: number;
    /** A refused token that is younger stays: not it is refused, but we are. Doubles, up to 15 minutes, while that repeats. */
    readonly renewAfterMs: number;
  };
  readonly unknown: {
    /** A call that got no answer may still be carried out for so long: its key's next write waits. */
    readonly landsWithinMs: number;
  };
  readonly age: {
    /** Every hand-back waits at least this share of the message's age, so that its receives last as long as it does. */
    readonly share: number;
    /** Longest wait that the age asks for. */
    readonly maxWaitMs: number;
    /** Parked at this age, before SQS forgets it (14 days). */
    readonly parkMs: number;
  };
  readonly crash: {
    /** Starts alone without an outcome, while others completed, after which a message is parked as a killer. */
    readonly marks: number;
  };
  readonly parking: {
    /**
     * What a parked event means for later ones of its key. `continue`: they are delivered, and supersede it. `halt-key`:
     * they wait behind it, until an operator has released or discarded it; only where the source has a version.
     */
    readonly afterDeadLetter: 'continue' | 'halt-key';
  };
  readonly hold: {
    /** Events of different keys that one code refused for good, with no success between, after which the flow is held. */
    readonly refusals: number;
    /** Wait of what a held flow or system hands back. */
    readonly waitMs: number;
  };
  readonly breaker: {
    /** Opens when more than `share` of at least `calls` calls of this container failed within `windowMs`. */
    readonly windowMs: number;
    readonly calls: number;
    readonly share: number;
    /** Opens when so many calls failed in a row. */
    readonly inARow: number;
    /** While it is open, one container probes the system this often. */
    readonly probeMs: number;
    /** How old a container's view of the shared state may be. */
    readonly cacheMs: number;
  };
  readonly budget: {
    /** While a system's calls of the day are used up, it is asked this often whether there are some again. */
    readonly recheckMs: number;
  };
  readonly concurrency: {
    /** Invocations at once, from the queue (Lambda `MaximumConcurrency`, 2..1000). */
    readonly invocations: number;
    /** Groups of one batch delivered at once. */
    readonly groups: number;
  };
  /**
   * How many groups' records one call may carry at most, where the system takes several (Salesforce sObject Collections);
   * 1: each event has calls of its own. It saves the day's quota.
   */
  readonly sharing: {
    readonly reads: number;
    /** The org's triggers run once for all records of a call: more than 1 only where they are written for that. */
    readonly writes: number;
  };
  /** A system's signing secret is shared by all flows: no flow can set these. */
  readonly webhookSecret: SecretClocks;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The design's numbers. */
export const defaultPolicies: Policies = {
  retry: { attempts: 5, baseMs: 1_000, maxMs: 30 * minuteMs, jitter: 0.3, giveUp: 'poison', poisonAfterMs: hourMs },
  busy: { baseMs: 1_000, maxMs: minuteMs },
  auth: { waitMs: 30_000, settlingMs: 10_000, renewAfterMs: minuteMs },
  unknown: { landsWithinMs: minuteMs },
  age: { share: 1 / 40, maxWaitMs: 30 * minuteMs, parkMs: 12 * dayMs },
  crash: { marks: 3 },
  parking: { afterDeadLetter: 'continue' },
  hold: { refusals: 5, waitMs: 30_000 },
  breaker: { windowMs: 10_000, calls: 10, share: 0.5, inARow: 10, probeMs: 30_000, cacheMs: 1_000 },
  budget: { recheckMs: 5 * minuteMs },
  concurrency: { invocations: 5, groups: 10 },
  sharing: { reads: 10, writes: 1 },
  webhookSecret: { cacheMs: 5 * minuteMs, rereadMs: 30_000, overlapMs: dayMs },
};

const positive = v.pipe(v.number(), v.minValue(0));
const policiesSchema = v.object({
  retry: v.object({
    attempts: positive,
    baseMs: positive,
    maxMs: positive,
    jitter: positive,
    giveUp: v.picklist(['poison', 'at-once']),
    poisonAfterMs: positive,
  }),
  busy: v.object({ baseMs: positive, maxMs: positive }),
  auth: v.object({ waitMs: positive, settlingMs: positive, renewAfterMs: positive }),
  unknown: v.object({ landsWithinMs: positive }),
  age: v.object({ share: positive, maxWaitMs: positive, parkMs: positive }),
  crash: v.object({ marks: positive }),
  parking: v.object({ afterDeadLetter: v.picklist(['continue', 'halt-key']) }),
  hold: v.object({ refusals: positive, waitMs: positive }),
  breaker: v.object({
    windowMs: positive,
    calls: positive,
    share: positive,
    inARow: positive,
    probeMs: positive,
    cacheMs: positive,
  }),
  budget: v.object({ recheckMs: positive }),
  concurrency: v.object({ invocations: positive, groups: positive }),
  sharing: v.object({ reads: positive, writes: positive }),
  webhookSecret: secretClocksSchema,
});

/**
 * Reads a function's policies, as its stack wrote them.
 * @throws {v.ValiError} naming the number: the stack and the bundle are of different versions; deploy both.
 */
export function parsePolicies(json: string): Policies {
  return v.parse(v.pipe(v.string(), v.parseJson(), policiesSchema), json);
}

/** What differs from the defaults: name only the numbers that do. */
export type PolicyOverrides = { readonly [Group in keyof Policies]?: Partial<Policies[Group]> };

/** The defaults with each layer's numbers in their place, the later over the earlier: integration, flow, stage. */
export function resolvePolicies(...layers: (PolicyOverrides | undefined)[]): Policies {
  return layers.reduce<Policies>(
    (policies, layer) => ({
      retry: { ...policies.retry, ...layer?.retry },
      busy: { ...policies.busy, ...layer?.busy },
      auth: { ...policies.auth, ...layer?.auth },
      unknown: { ...policies.unknown, ...layer?.unknown },
      age: { ...policies.age, ...layer?.age },
      crash: { ...policies.crash, ...layer?.crash },
      parking: { ...policies.parking, ...layer?.parking },
      hold: { ...policies.hold, ...layer?.hold },
      breaker: { ...policies.breaker, ...layer?.breaker },
      budget: { ...policies.budget, ...layer?.budget },
      concurrency: { ...policies.concurrency, ...layer?.concurrency },
      sharing: { ...policies.sharing, ...layer?.sharing },
      webhookSecret: { ...policies.webhookSecret, ...layer?.webhookSecret },
    }),
    defaultPolicies,
  );
}
