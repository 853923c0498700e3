import { createHmac } from 'node:crypto';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { anyEqual } from './constant-time.ts';
import { parseUnixSeconds, withinWindow } from './time-window.ts';

/**
 * Stripe's scheme: `Stripe-Signature: t=<unix s>,v1=<hex>[,v1=...]`, where v1 is HMAC-SHA256 over `{t}.{raw body}` with
 * the whole `whsec_...` text as key. Any v1 may match; other versions are ignored.
 * Source: https://docs.stripe.com/webhooks#verify-manually. Stripe's SDK refuses only old timestamps; we refuse future
 * ones, too.
 */
export function stripe(options: { toleranceSeconds?: number } = {}): SignatureScheme {
  const toleranceSeconds = options.toleranceSeconds ?? 300;
  return {
    name: 'stripe',
    headers: ['stripe-signature'],
    toleranceSeconds,
    verify: (request, secrets, nowMs) => verify(request, secrets, nowMs, toleranceSeconds),
  };
}

function verify(
  { headers, body }: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
  toleranceSeconds: number,
): Verification {
  const header = headers['stripe-signature'];
  if (!header) return { valid: false, reason: 'header-missing' };
  const { timestamps, signatures } = parseHeader(header);
  // A doubled header arrives as one with two timestamps: which of them was signed can't be told.
  const [timestamp] = timestamps;
  const seconds = parseUnixSeconds(timestamp);
  if (timestamps.length !== 1 || seconds === undefined) return { valid: false, reason: 'header-malformed' };
  if (signatures.length === 0) return { valid: false, reason: 'no-known-version' };
  if (!withinWindow(seconds, nowMs, toleranceSeconds)) return { valid: false, reason: 'timestamp-outside-window' };
  const expected = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'),
  );
  return anyEqual(signatures, expected) ? { valid: true } : { valid: false, reason: 'signature-mismatch' };
}

function parseHeader(header: string): { timestamps: string[]; signatures: string[] } {
  const pairs = header.split(',').map((pair) => pair.trim().split('='));
  const valuesOf = (name: string) => pairs.flatMap(([key, value]) => (key === name ? [value ?? ''] : []));
  return { timestamps: valuesOf('t'), signatures: valuesOf('v1') };
}
