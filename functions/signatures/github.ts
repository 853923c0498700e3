import type { SignatureScheme, SignedRequest } from '../contract/signature-scheme.ts';
import { type HmacOptions, hmac, signHmac } from './hmac.ts';

const options: HmacOptions = {
  name: 'github',
  header: 'x-hub-signature-256',
  prefix: 'sha256=',
  idHeader: 'x-github-delivery',
};

/**
 * GitHub's scheme: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256(raw body)>`. It signs no time and no header, so a captured
 * request stays valid: what knows a repeat is the event's id.
 * Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.
 */
export function github(): SignatureScheme {
  return { ...hmac(options), secretForm: 'the secret that was typed in at the webhook' };
}

/** Signs as GitHub does. */
export function signGithub(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  return signHmac(options)(request, secret, nowMs);
}
