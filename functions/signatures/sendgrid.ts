import { createPrivateKey, createPublicKey, type KeyObject, sign, verify as verifySignature } from 'node:crypto';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { pasted } from './parts/encoded-bytes.ts';
import { formatTime } from './parts/time-window.ts';
import { readTimedSignature } from './parts/timed-signature.ts';

const [signatureHeader, timestampHeader] = [
  'x-twilio-email-event-webhook-signature',
  'x-twilio-email-event-webhook-timestamp',
];
const names = { signature: signatureHeader, time: timestampHeader, encoding: 'base64' } as const;

/**
 * SendGrid's scheme for its Event Webhook: `X-Twilio-Email-Event-Webhook-Signature: <base64 DER>`, ECDSA P-256 with
 * SHA-256 over `{timestamp}{raw body}`, timestamp in `...-Timestamp` (s). The line breaks at the body's end are part of
 * it.
 * Source:
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features,
 * which names no time rule; set `toleranceSeconds` to have one.
 */
export function sendgrid(options: { toleranceSeconds?: number } = {}): SignatureScheme {
  const toleranceSeconds = options.toleranceSeconds ?? 0;
  return {
    name: 'sendgrid',
    headers: [signatureHeader, timestampHeader],
    toleranceSeconds,
    secretForm: "the webhook's public key as SendGrid shows it, base64",
    // `sg_event_id` of each event.
    repeats: { by: 'body' },
    checkSecret: (secret) => (publicKeyOf(secret) === undefined ? 'is no P-256 public key in base64' : undefined),
    verify: (request, secrets, nowMs) => verify(request, secrets, nowMs, toleranceSeconds),
  };
}

/** Signs as SendGrid does. `secret`: the private key, PKCS #8 in base64. */
export function signSendgrid(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  const timestamp = formatTime(nowMs, 'seconds');
  const key = createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' });
  const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), request.body]), key).toString('base64');
  const added = { [signatureHeader]: signature, [timestampHeader]: timestamp };
  return { ...request, headers: { ...request.headers, ...added } };
}

function publicKeyOf(secret: string): KeyObject | undefined {
  const key = pasted(secret, 'base64');
  try {
    const made = key && createPublicKey({ key, format: 'der', type: 'spki' });
    return made?.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? made : undefined;
  } catch {
    return undefined;
  }
}

function verify(
  { headers, body }: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
  toleranceSeconds: number,
): Verification {
  const read = readTimedSignature(names, headers, nowMs, toleranceSeconds);
  if ('valid' in read) return read;
  const { signature, timestamp } = read;
  const content = Buffer.concat([Buffer.from(timestamp), body]);
  const keys = secrets.flatMap((secret) => publicKeyOf(secret) ?? []);
  return keys.some((key) => verifySignature('sha256', content, key, signature))
    ? { valid: true }
    : { valid: false, reason: 'signature-mismatch' };
}
