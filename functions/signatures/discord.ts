import { memberOf, parseJsonBytes } from '../contract/json-bytes.ts';
import type { SenderAnswer, SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { anyEd25519, ed25519PublicKey, signEd25519 } from './parts/ed25519.ts';
import { pasted } from './parts/encoded-bytes.ts';
import { formatTime } from './parts/time-window.ts';
import { readTimedSignature } from './parts/timed-signature.ts';

const names = { signature: 'x-signature-ed25519', time: 'x-signature-timestamp', encoding: 'hex' } as const;

/**
 * Discord's scheme: `X-Signature-Ed25519: <hex>` over `{timestamp}{raw body}`, timestamp in `X-Signature-Timestamp`
 * (s). Discord posts bad signatures now and then, and takes an endpoint away that does not answer them with 401.
 * Source: https://docs.discord.com/developers/events/webhook-events, which names no time rule; set `toleranceSeconds`
 * to have one.
 */
export function discord(options: { toleranceSeconds?: number } = {}): SignatureScheme {
  const toleranceSeconds = options.toleranceSeconds ?? 0;
  return {
    name: 'discord',
    headers: [names.signature, names.time],
    toleranceSeconds,
    secretForm: "the application's public key, 64 hex digits",
    // Events have no id; interactions have `id`.
    repeats: { by: 'hash' },
    accepted: { statusCode: 204, body: '' },
    checkSecret: (secret) => (keyOf(secret) === undefined ? 'is not 64 hex digits' : undefined),
    handshake,
    verify: (request, secrets, nowMs) => verify(request, secrets, nowMs, toleranceSeconds),
  };
}

/** Signs as Discord does. `secret`: the private key's 32 bytes in hex. */
export function signDiscord(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  const timestamp = formatTime(nowMs, 'seconds');
  const signature = signEd25519(pasted(secret, 'hex'), [timestamp, request.body]).toString('hex');
  const added = { [names.signature]: signature, [names.time]: timestamp };
  return { ...request, headers: { ...request.headers, ...added } };
}

/** A PING of webhook events is of type 0, one of interactions of type 1, which is that of an event, too. */
function handshake({ body }: SignedRequest): SenderAnswer | undefined {
  const json = parseJsonBytes(body);
  const type = memberOf(json, 'type');
  if (type === 0) return { statusCode: 204, body: '' };
  if (type !== 1 || memberOf(json, 'event') !== undefined) return undefined;
  return { statusCode: 200, contentType: 'application/json', body: '{"type":1}' };
}

function keyOf(secret: string) {
  const bytes = pasted(secret, 'hex');
  return bytes && ed25519PublicKey(bytes);
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
  const keys = secrets.flatMap((secret) => keyOf(secret) ?? []);
  return anyEd25519(keys, [signature], [timestamp, body])
    ? { valid: true }
    : { valid: false, reason: 'signature-mismatch' };
}
