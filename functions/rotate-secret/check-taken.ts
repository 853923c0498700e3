import type { Outcome } from '../engine/outcome.ts';
import { RotationError } from '../rotation/rotation-error.ts';

/**
 * Lets credentials pass that the system took.
 * @throws {RotationError} where it refused them, or could not be asked.
 */
export function checkTaken(outcome: Outcome<unknown>): void {
  if (outcome.kind === 'success') return;
  const unknown = outcome.kind === 'transient' || outcome.kind === 'busy';
  throw new RotationError(unknown ? 'not-checked' : 'refused', `${outcome.code} at ${outcome.operation}`);
}
