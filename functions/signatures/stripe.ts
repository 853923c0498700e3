import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { oneWord } from './parts/secret-form.ts';
import { signTimedPairs, type TimedPairs, verifyTimedPairs } from './parts/timed-pairs.ts';

const pairs: TimedPairs = { header: 'stripe-signature', separator: ',', time: 't', version: 'v1', joint: '.' };

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
    headers: [pairs.header],
    toleranceSeconds,
    secretForm: 'the signing secret of the endpoint, whsec_...',
    // The event's `id`.
    repeats: { by: 'body' },
    checkSecret,
    verify: (request, secrets, nowMs) => verifyTimedPairs(pairs, request, secrets, nowMs, toleranceSeconds),
  };
}

/** Signs as Stripe does. */
export function signStripe(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signTimedPairs(pairs, request, secret, nowMs);
}

function checkSecret(secret: string): string | undefined {
  if (secret.startsWith('whsec_')) return oneWord(secret);
  return /^[rsp]k_/.test(secret)
    ? 'is an API key; the signing secret of the endpoint begins with whsec_'
    : 'does not begin with whsec_';
}
