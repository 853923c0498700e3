import { timingSafeEqual } from 'node:crypto';

/**
 * Compares two texts in a time that tells nothing about where they differ. A different length answers false at once:
 * the length of a signature is no secret.
 */
export function constantTimeEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether any candidate equals any expected text. Compares every pair, so a match is not told by the time either. */
export function anyEqual(candidates: readonly string[], expected: readonly string[]): boolean {
  return candidates
    .flatMap((candidate) => expected.map((text) => constantTimeEqual(candidate, text)))
    .some((equal) => equal);
}
