import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { oneWord } from './parts/secret-form.ts';
import { signTimedPairs, type TimedPairs, verifyTimedPairs } from './parts/timed-pairs.ts';

const pairs: TimedPairs = { header: 'paddle-signature', separator: ';', time: 'ts', version: 'h1', joint: ':' };

/**
 * Paddle Billing's scheme: `Paddle-Signature: ts=<unix s>;h1=<hex>[;h1=...]`, where h1 is HMAC-SHA256 over
 * `{ts}:{raw body}`. Any h1 may match (Paddle's SDK looks at the last one only); others are ignored.
 * Source: https://developer.paddle.com/webhooks/signature-verification. Five seconds are what its SDK allows.
 */
export function paddle(options: { toleranceSeconds?: number } = {}): SignatureScheme {
  const toleranceSeconds = options.toleranceSeconds ?? 5;
  return {
    name: 'paddle',
    headers: [pairs.header],
    toleranceSeconds,
    secretForm: 'the secret key of the notification destination, pdl_ntfset_...',
    // The event's `event_id`.
    repeats: { by: 'body' },
    // No other status will do (https://developer.paddle.com/webhooks/respond-to-webhooks).
    accepted: { statusCode: 200, body: '' },
    checkSecret: (secret) =>
      /^pdl_\w*apikey_/.test(secret) ? 'is an API key, not the secret key of the destination' : oneWord(secret),
    verify: (request, secrets, nowMs) => verifyTimedPairs(pairs, request, secrets, nowMs, toleranceSeconds),
  };
}

/** Signs as Paddle does. */
export function signPaddle(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signTimedPairs(pairs, request, secret, nowMs);
}
