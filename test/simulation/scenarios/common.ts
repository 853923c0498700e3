import type { Random } from '../machine/random.ts';
import type { Fault, Spell } from '../machine/weather.ts';
import { type Expectations, hourMs, minuteMs, type Plan } from '../plan.ts';

const forEver = Number.POSITIVE_INFINITY;

/** A run in which nothing goes wrong, of a random size: what a scenario adds to. */
export function aPlan(
  random: Random,
  differs: Partial<Omit<Plan, 'expect'>> & { readonly expect?: Partial<Expectations> } = {},
): Plan {
  const records = differs.records ?? random.int(2, 10);
  const toMs = random.between(0.5, 10) * minuteMs;
  const { expect, troubleEndsMs = toMs, ...rest } = differs;
  const downFromMs = random.between(0, troubleEndsMs);
  return {
    flow: random.pick([
      'account-to-stripe-customer',
      'account-to-stripe-customer',
      'stripe-customer-to-account',
    ] as const),
    records,
    linked: random.pick([0, 0.3, 0.8]),
    busyness: [{ fromMs: 0, toMs, changes: random.int(records, records * 4) }],
    spells: [],
    crashes: 0,
    ownFaults: 0,
    twice: 0,
    troubleEndsMs,
    lateness: random.pick([1_000, 60_000, 10 * minuteMs]),
    duplicates: random.pick([0, 0.1, 0.3]),
    killers: [],
    killersMendedMs: Number.POSITIVE_INFINITY,
    deletions: 0,
    deletedWhenMade: 0,
    operator: [],
    invocations: random.int(2, 5),
    skewMs: random.pick([0, 5, 100, 400]),
    payload: random.pick(['reread', 'event'] as const),
    afterDeadLetter: random.pick(['continue', 'halt-key'] as const),
    invalid: [],
    operatorCrashes: random.pick([0, 0.02, 0.1]),
    parkingDown: {
      fromMs: downFromMs,
      toMs: random.chance(0.7) ? 0 : Math.min(troubleEndsMs, downFromMs + random.between(1, 20) * minuteMs),
    },
    tended: random.chance(0.7),
    policies: {},
    limits: {},
    allowances: {},
    limiterRow: { latencyMs: 0, faults: 0, strangers: 0 },
    tokens: { lastsMs: forEver, knownAfterMs: 0, shownWithinMs: 0, everyMs: forEver },
    comparisons: [],
    ...rest,
    expect: { parked: [], restWithinMs: 2 * hourMs, ...expect },
  };
}

/** Ways in which a system is down: it resets, refuses, or says nothing. */
export function downFault(random: Random): Fault {
  const done = random.pick(['never', 'never', 'before', 'late'] as const);
  return random.pick<Fault>([
    { kind: 'refused', as: 'unavailable' },
    { kind: 'refused', as: 'internal-error', done: random.chance(0.3) },
    { kind: 'reset', done },
    { kind: 'silence', done },
  ]);
}

/** Some calls go wrong, all the time: what every pipeline lives with. */
export function noise(toMs: number, share: number): Spell {
  return {
    text: 'noise',
    fromMs: 0,
    toMs,
    share,
    fault: (random) =>
      random.chance(0.3)
        ? random.pick<Fault>([
            {
              kind: 'refused',
              as: 'too-many',
              ...(random.chance(0.5) ? { retryAfterSeconds: random.int(1, 30) } : {}),
            },
            { kind: 'refused', as: 'locked' },
            { kind: 'slow', ms: random.between(1_000, 9_500) },
            { kind: 'slow', ms: random.between(10_500, 25_000) },
          ])
        : downFault(random),
  };
}

/**
 * The design's stated limit: what fails most of the time for hours, and works in between, can park an event, since others
 * had success meanwhile. A flapping system and an operation that is on and off are such, too.
 */
export const mayParkByAttempts = [{ records: 'any', reason: /^attempts/ }] as const;
