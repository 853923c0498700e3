/** How every command ends; `millrace help` prints them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, unknown: 3, unwell: 4, interrupted: 130 } as const;

export const exitCodeHelp: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.done, 'done, or there was nothing left to do'],
  [exitCodes.failed, 'failed, or was not agreed to: the last line says what to do'],
  [exitCodes.usage, 'wrong usage'],
  [exitCodes.unknown, 'there is no event, key, flow, system or stage of that name'],
  [exitCodes.unwell, 'status --check found something critical'],
  [exitCodes.interrupted, 'interrupted: what is done stays done, and the command can be given again'],
];

/**
 * A command can't be carried out: the message says what to do about it, so it is shown without a stack trace. Whoever
 * typed the command must act.
 */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: number = exitCodes.failed;
}

/** The command was given wrongly: shown with where its usage is found. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = exitCodes.usage;
}

/** There is nothing of the name that was given; the message has the nearest ones. */
export class UnknownNameError extends CommandError {
  override readonly name = 'UnknownNameError';
  override readonly exitCode = exitCodes.unknown;
}

/** Told to stop before anything was done. */
export class InterruptedError extends CommandError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = exitCodes.interrupted;
}
