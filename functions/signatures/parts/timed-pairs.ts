import type { SignedRequest, Verification } from '../../contract/signature-scheme.ts';
import { anyEqual } from './constant-time.ts';
import { keyedHash, keyedHashes } from './keyed-hash.ts';
import { formatTime, parseTime, withinWindow } from './time-window.ts';

/**
 * One header with the time and its signatures: `t=1800000000,v1=<hex>,v1=<hex>`, HMAC-SHA256 over time, joint and body.
 */
export interface TimedPairs {
  readonly header: string;
  readonly separator: ',' | ';';
  /** Names of the time, in Unix seconds, and of a signature of the one version that counts. */
  readonly time: string;
  readonly version: string;
  /** What stands between time and body. */
  readonly joint: string;
}

/** Any signature of the version may match; what has other names is ignored. */
export function verifyTimedPairs(
  pairs: TimedPairs,
  { headers, body }: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
  toleranceSeconds: number,
): Verification {
  const header = headers[pairs.header];
  if (!header) return { valid: false, reason: 'header-missing' };
  const parsed = header.split(pairs.separator).map((pair) => pair.trim().split('='));
  const valuesOf = (name: string) => parsed.flatMap(([key, value]) => (key === name ? [value ?? ''] : []));
  const [timestamps, signatures] = [valuesOf(pairs.time), valuesOf(pairs.version)];
  const [timestamp] = timestamps;
  const timeMs = parseTime(timestamp, 'seconds');
  // A doubled header arrives as one, joined by a comma: which of the two was signed can't be told.
  const isDoubled = timestamps.length > 1 || (pairs.separator !== ',' && header.includes(','));
  if (timeMs === undefined || isDoubled) return { valid: false, reason: 'header-malformed' };
  if (signatures.length === 0) return { valid: false, reason: 'no-known-version' };
  if (!withinWindow(timeMs, nowMs, toleranceSeconds, 'seconds')) {
    return { valid: false, reason: 'timestamp-outside-window' };
  }
  const expected = keyedHashes('sha256', 'hex', secrets, [`${timestamp}${pairs.joint}`, body]);
  return anyEqual(signatures, expected) ? { valid: true } : { valid: false, reason: 'signature-mismatch' };
}

/** @throws {Error} for an empty secret. */
export function signTimedPairs(
  { header, separator, time, version, joint }: TimedPairs,
  request: SignedRequest,
  secret: string,
  nowMs: number,
): SignedRequest {
  const timestamp = formatTime(nowMs, 'seconds');
  const signature = keyedHash('sha256', 'hex', secret, [`${timestamp}${joint}`, request.body]);
  const value = `${time}=${timestamp}${separator}${version}=${signature}`;
  return { ...request, headers: { ...request.headers, [header]: value } };
}
