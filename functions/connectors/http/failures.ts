import type { Failure } from '../../engine/outcome.ts';
import type { NoResponse } from '../connector.ts';

/** What no answer at all means for the event. */
export function noResponseFailure(result: NoResponse, operation: string): Failure {
  if (result.code === 'out-of-time') return { kind: 'busy', code: result.code, operation, retryAfterMs: 0 };
  return { kind: result.code === 'response-too-large' ? 'permanent' : 'transient', code: result.code, operation };
}

/**
 * Reads `Retry-After`: seconds or an HTTP date (RFC 9110, section 10.2.3), as milliseconds from `nowMs`. Undefined where
 * it is absent or malformed.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** A provider's code as we may log it: an odd text could quote data, so it is replaced. */
export function safeCode(code: unknown, fallback: string): string {
  return typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) ? code : fallback;
}
