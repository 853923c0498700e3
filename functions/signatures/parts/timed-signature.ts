import type { SignedRequest, Verification } from '../../contract/signature-scheme.ts';
import { decoded } from './encoded-bytes.ts';
import { parseTime, withinWindow } from './time-window.ts';

/** The headers of one signature and of its time, in Unix seconds. */
export interface TimedSignature {
  readonly signature: string;
  readonly time: string;
  readonly encoding: 'hex' | 'base64';
}

/**
 * Reads a signature and the time that it covers, each in a header of its own: `timestamp` as the sender wrote it, or why
 * the request is refused. Without a tolerance every time will do.
 */
export function readTimedSignature(
  names: TimedSignature,
  headers: SignedRequest['headers'],
  nowMs: number,
  toleranceSeconds: number,
): { readonly signature: Buffer; readonly timestamp: string } | Extract<Verification, { valid: false }> {
  const { [names.signature]: text, [names.time]: timestamp } = headers;
  if (!text || !timestamp) return { valid: false, reason: 'header-missing' };
  const timeMs = parseTime(timestamp, 'seconds');
  const signature = decoded(text, names.encoding);
  if (timeMs === undefined || signature === undefined) return { valid: false, reason: 'header-malformed' };
  if (toleranceSeconds > 0 && !withinWindow(timeMs, nowMs, toleranceSeconds, 'seconds')) {
    return { valid: false, reason: 'timestamp-outside-window' };
  }
  return { signature, timestamp };
}
