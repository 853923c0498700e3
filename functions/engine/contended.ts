/** How often something may change under our hands before the work is given up. */
const tries = 5;

/** Somebody else changed it each time: nothing is lost, do it again (a delivery hands its event back). */
export class ContendedError extends Error {
  override readonly name = 'ContendedError';

  /** `what` begins the sentence: `The event evt_1`. */
  constructor(what: string) {
    super(`${what} changed ${tries} times meanwhile. Do it again.`);
  }
}

/** What an attempt resolves to where somebody else wrote first. */
export const contended = Symbol('contended');

/**
 * Reads, decides, and writes over nothing but what was read: an attempt that lost is made again from the start.
 * @throws {ContendedError} where each attempt lost; and what an attempt throws.
 */
export async function whileContended<Result>(
  what: string,
  attempt: () => Promise<Result | typeof contended>,
): Promise<Result> {
  for (let tried = 0; tried < tries; tried += 1) {
    const result = await attempt();
    if (result !== contended) return result;
  }
  throw new ContendedError(what);
}
