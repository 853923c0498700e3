import { durationOf } from '../tables.ts';

/** `13:01:23.761` */
export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

/** Shorter spans more exactly: `259 ms`, `3.4 s`, `2 min 5 s`. */
export function spanOf(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : durationOf(ms);
}
