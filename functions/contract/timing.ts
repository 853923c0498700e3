/**
 * Time that a function needs after its last call, in milliseconds: for the call's failure to be recorded and the message
 * to be handed back before AWS ends it. Nothing is started with less than a call's timeout and this left.
 */
export const settlingMs = 2_000;

/** Time that is gone when a function's own code begins, and between two looks at the clock, in milliseconds. */
export const startingMs = 500;
