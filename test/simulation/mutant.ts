import type { Breakage } from './breakage.ts';
import type { Violation } from './checker.ts';
import { simulate } from './run.ts';
import { scenarios } from './scenarios/scenarios.ts';

/** A rule that is broken on purpose. */
export interface Mutant {
  readonly name: string;
  /** Where it must show. */
  readonly scenario: string;
  readonly breakage?: Breakage;
  /** A rule inside the engine that is switched off by its name. */
  readonly off?: string;
  readonly invariant: RegExp;
}

/** Seeds that a mutant has to show in. */
const mostSeeds = 150;

/** The first seed that shows it, and what it broke there. */
export async function firstCaught({ scenario: name, breakage = {}, invariant }: Mutant) {
  const scenario = scenarios.find((known) => known.name === name)!;
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const { violations } = await simulate(scenario, seed, breakage);
    const broken: Violation[] = violations.filter((violation) => invariant.test(violation.invariant));
    if (broken.length > 0) return { seed, broken };
  }
  return undefined;
}
