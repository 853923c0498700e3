import { createHash, type KeyObject } from 'node:crypto';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { anyEqual } from './parts/constant-time.ts';
import { anyEd25519, ed25519PublicKey, signEd25519 } from './parts/ed25519.ts';
import { decoded, pasted } from './parts/encoded-bytes.ts';
import { keyedHash, keyedHashes } from './parts/keyed-hash.ts';
import { formatTime, parseTime, withinWindow } from './parts/time-window.ts';

/**
 * The Standard Webhooks, and Svix, which has the same under names of its own: `webhook-signature` (`svix-signature`) is
 * a list `v1,<base64> v1a,<base64>` over `{webhook-id}.{webhook-timestamp}.{raw body}`. v1 is HMAC-SHA256 by the
 * decoded secret, v1a Ed25519: the secret's prefix says which one counts, and any of that version may match.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
 */
export function standardWebhooks(options: { toleranceSeconds?: number } = {}): SignatureScheme {
  const toleranceSeconds = options.toleranceSeconds ?? 300;
  return {
    name: 'standard-webhooks',
    headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    toleranceSeconds,
    secretForm: "the endpoint's secret, whsec_..., or the sender's public key, whpk_...",
    repeats: { by: 'header', headers: ['webhook-id', 'svix-id'], signed: true },
    checkSecret,
    verify: (request, secrets, nowMs) => verify(request, secrets, nowMs, toleranceSeconds),
  };
}

/** Signs as such senders do, by `whsec_...` or by a private key `whsk_...`. A request without an id gets one. */
export function signStandardWebhooks(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  const made = createHash('sha256').update(request.body).digest('hex').slice(0, 24);
  const id = request.headers['webhook-id'] ?? `msg_${made}${nowMs}`;
  const timestamp = formatTime(nowMs, 'seconds');
  const content = [`${id}.${timestamp}.`, request.body];
  const signature = secret.startsWith('whsk_')
    ? `v1a,${signEd25519(pasted(secret.slice(5), 'base64')?.subarray(0, 32), content).toString('base64')}`
    : `v1,${keyedHash('sha256', 'base64', parseKey(secret).shared ?? '', content)}`;
  const added = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return { ...request, headers: { ...request.headers, ...added } };
}

/** Exactly one is there, or none where the secret is of no form that can verify, a private key `whsk_...` say. */
interface Key {
  readonly shared?: Uint8Array | undefined;
  readonly public?: KeyObject | undefined;
}

function parseKey(secret: string): Key {
  const bytes = pasted(secret.replace(/^wh(sec|pk)_/, ''), 'base64');
  return secret.startsWith('whpk_') ? { public: bytes && ed25519PublicKey(bytes) } : { shared: bytes };
}

function checkSecret(secret: string): string | undefined {
  if (secret.startsWith('whsk_')) return "is the sender's private key; the receiver takes the public one, whpk_...";
  const { shared, public: publicKey } = parseKey(secret);
  if (secret.startsWith('whpk_')) return publicKey === undefined ? 'is no base64 of 32 bytes' : undefined;
  if (shared === undefined) return 'is no base64';
  return shared.length < 24 || shared.length > 64 ? 'does not have 24 to 64 bytes' : undefined;
}

function verify(
  { headers, body }: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
  toleranceSeconds: number,
): Verification {
  // By the id, by which a repeat is known: it must be the one that was signed.
  const prefix = headers['webhook-id'] === undefined ? 'svix' : 'webhook';
  const [id, timestamp, list] = ['id', 'timestamp', 'signature'].map((name) => headers[`${prefix}-${name}`]);
  if (!id || !timestamp || !list) return { valid: false, reason: 'header-missing' };
  const timeMs = parseTime(timestamp, 'seconds');
  const listed = list.split(' ').map((entry) => entry.split(','));
  // A doubled header arrives as one, joined by a comma: then an entry has more of them than its own.
  if (timeMs === undefined || listed.some(({ length }) => length !== 2)) {
    return { valid: false, reason: 'header-malformed' };
  }
  const ofVersion = (name: string) => listed.flatMap(([version, text = '']) => (version === name ? [text] : []));
  const [shared, asymmetric] = [ofVersion('v1'), ofVersion('v1a')];
  if (shared.length + asymmetric.length === 0) return { valid: false, reason: 'no-known-version' };
  if (!withinWindow(timeMs, nowMs, toleranceSeconds, 'seconds')) {
    return { valid: false, reason: 'timestamp-outside-window' };
  }
  const keys = secrets.map(parseKey);
  const content = [`${id}.${timestamp}.`, body];
  const sharedKeys = keys.flatMap((key) => key.shared ?? []);
  const publicKeys = keys.flatMap((key) => key.public ?? []);
  const signatures = asymmetric.flatMap((text) => decoded(text, 'base64') ?? []);
  const valid =
    anyEqual(shared, keyedHashes('sha256', 'base64', sharedKeys, content)) ||
    anyEd25519(publicKeys, signatures, content);
  return valid ? { valid } : { valid: false, reason: 'signature-mismatch' };
}
