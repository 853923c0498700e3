import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { type HmacOptions, senderHmac, signHmac } from './hmac.ts';
import { oneWord } from './parts/secret-form.ts';

const options: HmacOptions = {
  name: 'zendesk',
  header: 'x-zendesk-webhook-signature',
  encoding: 'base64',
  signedContent: '{timestamp}{body}',
  timestampHeader: 'x-zendesk-webhook-signature-timestamp',
  timestampUnit: 'iso',
  idHeader: 'x-zendesk-webhook-invocation-id',
};

/**
 * Zendesk's scheme: `X-Zendesk-Webhook-Signature: <base64 HMAC-SHA256("{timestamp}{raw body}")>`, timestamp in
 * `X-Zendesk-Webhook-Signature-Timestamp` (ISO 8601). The secret is used as text although it looks like base64. An
 * older page of Zendesk's has body and timestamp the other way round: that is refused.
 * Source: https://developer.zendesk.com/documentation/webhooks/verifying/, which names no time rule; set
 * `toleranceSeconds` to have one.
 */
export function zendesk({ toleranceSeconds = 0 }: { toleranceSeconds?: number } = {}): SignatureScheme {
  return {
    ...senderHmac({ ...options, toleranceSeconds }),
    secretForm: "the webhook's signing secret",
    checkSecret: oneWord,
  };
}

/** Signs as Zendesk does. */
export function signZendesk(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signHmac({ ...options, toleranceSeconds: 0 })(request, secret, nowMs);
}
