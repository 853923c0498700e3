import { setTimeout } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds. @default 15_000 */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks. @default 50 */
  readonly everyMs?: number;
  /** What is waited for: the error says so. */
  readonly what?: string;
}

/**
 * Looks until there is something else than undefined, null or false, and resolves to it.
 * @throws {Error} once the time is up, with what the last look threw.
 */
export async function waitFor<Found>(
  look: () => Found | Promise<Found>,
  { timeoutMs = 15_000, everyMs = 50, what = String(look) }: WaitOptions = {},
): Promise<Exclude<Awaited<Found>, undefined | null | false>> {
  const deadline = Date.now() + timeoutMs;
  let failure: unknown;
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found as never;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await setTimeout(everyMs);
  } while (Date.now() < deadline);
  throw new Error(`Not within ${timeoutMs} ms: ${what}`, { cause: failure });
}

/**
 * Resolves where a condition holds all through a time; for what must not happen.
 * @throws {Error} as soon as it doesn't.
 */
export async function holdsFor(
  check: () => boolean | Promise<boolean>,
  forMs: number,
  what = String(check),
): Promise<void> {
  const deadline = Date.now() + forMs;
  do {
    if (!(await check())) throw new Error(`Did not hold for ${forMs} ms: ${what}`);
    await setTimeout(100);
  } while (Date.now() < deadline);
}
