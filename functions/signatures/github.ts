import type { SignatureScheme } from '../contract/signature-scheme.ts';
import { hmac } from './hmac.ts';

/**
 * GitHub's scheme: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256(raw body)>`. It signs no time and no header, so a captured
 * request stays valid: what knows a repeat is the event's id.
 * Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.
 */
export function github(): SignatureScheme {
  return hmac({ name: 'github', header: 'x-hub-signature-256', prefix: 'sha256=' });
}
