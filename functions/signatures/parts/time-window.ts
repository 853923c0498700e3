/** How a sender writes the time: Unix seconds, Unix milliseconds, or ISO 8601 in UTC. */
export type TimeUnit = 'seconds' | 'milliseconds' | 'iso';

/**
 * Unix times have as many digits as from 2001 to 2286, and ISO 8601 ends with its only Z: where nothing separates time
 * and body, no character can be moved from one to the other.
 */
const forms: Readonly<Record<TimeUnit, RegExp>> = {
  seconds: /^\d{10}$/,
  milliseconds: /^\d{13}$/,
  iso: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/,
};

/**
 * Reads a signed time in milliseconds; undefined unless it is spelt so that what was signed and what is compared can't
 * differ.
 */
export function parseTime(text: string | undefined, unit: TimeUnit): number | undefined {
  if (text === undefined || !forms[unit].test(text)) return undefined;
  const ms = unit === 'iso' ? Date.parse(text) : Number(text) * (unit === 'seconds' ? 1000 : 1);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The time as the sender writes it. */
export function formatTime(nowMs: number, unit: TimeUnit): string {
  if (unit === 'iso') return new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return String(unit === 'seconds' ? Math.floor(nowMs / 1000) : nowMs);
}

/**
 * Whether a signed time lies within the tolerance of our clock, in either direction: a replay or a wrong clock does
 * not. Our clock is read in the sender's unit, or its whole seconds would seem old.
 */
export function withinWindow(timeMs: number, nowMs: number, toleranceSeconds: number, unit: TimeUnit): boolean {
  const now = unit === 'milliseconds' ? nowMs : Math.floor(nowMs / 1000) * 1000;
  const time = unit === 'iso' ? Math.floor(timeMs / 1000) * 1000 : timeMs;
  return Math.abs(now - time) <= toleranceSeconds * 1000;
}
