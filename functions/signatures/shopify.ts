import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { type HmacOptions, senderHmac, signHmac } from './hmac.ts';
import { oneWord } from './parts/secret-form.ts';

const options: HmacOptions = { name: 'shopify', header: 'x-shopify-hmac-sha256', encoding: 'base64' };

/**
 * Shopify's scheme: `X-Shopify-Hmac-Sha256: <base64 HMAC-SHA256(raw body)>`; events of its newer Events API have the
 * same header names without `X-`. It signs no time and no header: neither topic nor webhook id is sure.
 * Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https.
 */
export function shopify(): SignatureScheme {
  const webhooks = senderHmac(options);
  const events = senderHmac({ ...options, header: 'shopify-hmac-sha256' });
  return {
    ...webhooks,
    secretForm: "the app's client secret; of webhooks made in the admin, the one shown there",
    repeats: { by: 'header', headers: ['x-shopify-webhook-id', 'shopify-webhook-id'], signed: false },
    checkSecret: oneWord,
    verify: (request, secrets, nowMs) => {
      const scheme = 'x-shopify-hmac-sha256' in request.headers ? webhooks : events;
      return scheme.verify(request, secrets, nowMs);
    },
  };
}

/** Signs as Shopify does its webhooks. */
export function signShopify(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signHmac(options)(request, secret, nowMs);
}
