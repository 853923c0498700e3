import { isAddressRange } from './address-range.ts';
import type { Report } from './problem.ts';
import type { WebhookSource } from './system.ts';

/** Checks what a source says about who may post, and how often: addresses that can be read, whole numbers. */
export function checkAbuse(path: string, source: Partial<WebhookSource>, report: Report): void {
  const { allowedRanges, throttling } = source;
  if (allowedRanges?.length === 0) {
    report(`${path}.allowedRanges`, 'is empty, which refuses every webhook', 'Name a range, or leave it out.');
  }
  for (const [index, range] of (allowedRanges ?? []).entries()) {
    if (isAddressRange(range)) continue;
    const remedy = 'Use ranges like 203.0.113.0/24 or 2001:db8::/32, or single addresses.';
    report(`${path}.allowedRanges[${index}]`, `is '${range}'`, remedy);
  }
  for (const name of ['ratePerSecond', 'burst'] as const) {
    const value = throttling?.[name];
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= 10_000)) continue;
    report(`${path}.throttling.${name}`, `is ${value}`, 'Use a whole number from 1 to 10000.');
  }
}
