/**
 * Something about this machine keeps the local pipeline from running: the message says what to do about it, so it is
 * shown without a stack trace. Whoever sits at the machine must act.
 */
export class LocalError extends Error {
  override readonly name = 'LocalError';
}
