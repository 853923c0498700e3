import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { type HmacOptions, senderHmac, signHmac } from './hmac.ts';
import type { UrlOptions } from './parts/called-url.ts';
import { oneWord } from './parts/secret-form.ts';

const options: HmacOptions = {
  name: 'square',
  header: 'x-square-hmacsha256-signature',
  encoding: 'base64',
  signedContent: '{url}{body}',
};

/**
 * Square's scheme: `x-square-hmacsha256-signature: <base64 HMAC-SHA256("{notification URL}{raw body}")>`. The URL is
 * the one that was registered, to the letter. It signs no time.
 * Source: https://developer.squareup.com/docs/webhooks/step3validate.
 */
export function square({ publicUrl }: UrlOptions = {}): SignatureScheme {
  return {
    ...senderHmac({ ...options, publicUrl }),
    secretForm: 'the signature key of the webhook subscription',
    // The event's `event_id`.
    repeats: { by: 'body' },
    checkSecret: oneWord,
  };
}

/** Signs as Square does; the request's URL is the registered one. */
export function signSquare(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signHmac(options)(request, secret, nowMs);
}
