/**
 * Reads a signed Unix timestamp in whole seconds; undefined unless it is plain decimal digits, so that what was signed
 * and what is compared can't differ.
 */
export function parseUnixSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** Whether `seconds` lies within the tolerance of our clock, in either direction: a replay or a wrong clock does not. */
export function withinWindow(seconds: number, nowMs: number, toleranceSeconds: number): boolean {
  return Math.abs(Math.floor(nowMs / 1000) - seconds) <= toleranceSeconds;
}
