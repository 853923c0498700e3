import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ageless, hintUntold, insistent, limitsAlone, noLease, quotaUntold } from './limit-breakage.ts';
import { firstCaught, type Mutant } from './mutant.ts';

/** Rules inside the engine that are switched off by their name. */
const off = vi.hoisted(() => new Set<string>());

vi.mock('../../functions/engine/limits.ts', async (original) => {
  const real = await original<typeof import('../../functions/engine/limits.ts')>();
  const paceOf: typeof real.paceOf = (limits) => {
    const pace = real.paceOf(limits);
    return off.has('room for clocks') ? { ...pace, slackMs: 0 } : pace;
  };
  const spentBy: typeof real.spentBy = (limits, state, of, calls, nowMs) => {
    // Zero or less: a permit that was leased is looked at once more.
    if (off.has('second look') && calls <= 0) return undefined;
    return real.spentBy(limits, state, off.has('classes') ? 'live' : of, calls, nowMs);
  };
  return { ...real, paceOf, spentBy };
});

vi.mock('../../functions/engine/retry.ts', async (original) => {
  const real = await original<typeof import('../../functions/engine/retry.ts')>();
  const judge: typeof real.judge = (failure, ...rest) =>
    real.judge(off.has(failure.kind) ? { ...failure, kind: 'permanent' } : failure, ...rest);
  return { ...real, judge };
});

const mutants: readonly Mutant[] = [
  {
    name: 'each container keeps to the rate alone',
    scenario: 'a rate that we keep to',
    breakage: limitsAlone,
    invariant: /never over rate/,
  },
  {
    name: 'permits leave no room for wrong clocks',
    scenario: 'a rate that we keep to',
    off: 'room for clocks',
    invariant: /never over rate/,
  },
  {
    name: 'a permit beyond the calls of the day is used, once it is leased',
    scenario: 'our own calls of a day spent',
    off: 'second look',
    invariant: /daily budget/,
  },
  {
    name: 'every class may use up the whole day',
    scenario: 'live events, releases and comparisons',
    off: 'classes',
    invariant: /lower classes/,
  },
  {
    name: 'nobody else is told that the quota is spent',
    scenario: "a day's quota spent for half a day",
    breakage: quotaUntold,
    invariant: /spent quota/,
  },
  {
    name: 'nobody else is told of a Retry-After',
    scenario: '429, with hints and without',
    breakage: hintUntold,
    invariant: /a hint/,
  },
  {
    name: 'a refresh without its lease',
    scenario: 'tokens that end under load',
    breakage: noLease,
    invariant: /one refresh at a time/,
  },
  {
    name: 'a token is replaced, however young it is',
    scenario: 'tokens that show late',
    breakage: ageless,
    invariant: /token that was just made/,
  },
  {
    name: 'refused credentials are shown again at once',
    scenario: 'the user revoked, and restored',
    breakage: insistent,
    invariant: /refused credentials/,
  },
  {
    name: 'a refused token parks its event',
    scenario: 'the user revoked, and restored',
    off: 'auth',
    invariant: /for a limit or a token/,
  },
  {
    name: 'a spent limit parks its event',
    scenario: 'our own calls of a day spent',
    off: 'busy',
    invariant: /for a limit or a token/,
  },
];

describe('the checker of limits and tokens', () => {
  beforeEach(() => off.clear());

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('catches: %s', async (_name, mutant) => {
    if (mutant.off !== undefined) off.add(mutant.off);

    const caught = await firstCaught(mutant);

    expect(caught).toBeDefined();
  });
});
