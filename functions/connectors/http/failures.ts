import type { Failure } from '../../engine/outcome.ts';
import type { NoResponse } from '../connector.ts';

/** What no answer at all means for the event; `writes`: the call was to change something. */
export function noResponseFailure(result: NoResponse, operation: string, writes: boolean): Failure {
  const { code, retryAfterMs = 0 } = result;
  if (code === 'out-of-time' || code === 'rate-limited' || code === 'budget-spent') {
    return { kind: 'busy', code, operation, retryAfterMs, unasked: true };
  }
  if (result.code === 'response-too-large') return { kind: 'permanent', code: result.code, operation };
  // No event is at fault: an operator must mend the address, or the specification.
  if (result.code === 'private-address') return { kind: 'auth', code: result.code, operation };
  return { kind: 'transient', code: result.code, operation, mayLand: writes };
}

/** `Fri, 20 Nov 2026 08:00:00 GMT`: `Date.parse` alone would take `1.5` or `-1` for a date, too. */
const httpDate = /^[A-Z][a-z]{2}, .+ GMT$/;

/**
 * Reads `Retry-After`: seconds or an HTTP date (RFC 9110, section 10.2.3), as milliseconds from `nowMs`. Undefined where
 * it is absent, malformed, or asks for no wait at all: handed back at once, over and over, a message would soon have used
 * up the receives that its queue allows.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  const asked = httpDate.test(text) ? Date.parse(text) - nowMs : Number(/^\d+$/.exec(text)?.[0]) * 1000;
  return asked > 0 ? asked : undefined;
}

/** A provider's code as we may log it: an odd text could quote data, so it is replaced. */
export function safeCode(code: unknown, fallback: string): string {
  return typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) ? code : fallback;
}
