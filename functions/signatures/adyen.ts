import { isObject, memberOf, parseJsonBytes } from '../contract/json-bytes.ts';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { type HmacOptions, senderHmac, signHmac } from './hmac.ts';
import { anyEqual } from './parts/constant-time.ts';
import { pasted } from './parts/encoded-bytes.ts';
import { keyedHash, keyedHashes } from './parts/keyed-hash.ts';

const platformHeader = 'hmacsignature';
const platform: HmacOptions = { header: platformHeader, encoding: 'base64', secretEncoding: 'hex' };

/**
 * Adyen's scheme, HMAC-SHA256 in base64 by a key in hex. `payments`: each item of the body carries the signature of
 * eight fields in its `additionalData`; the rest of it is not signed, so read what matters again. `platform` (and
 * management): `HmacSignature` over the raw body. A request that has the header is judged by it alone.
 * Source: https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures.
 */
export function adyen(options: { forms?: readonly ('payments' | 'platform')[] } = {}): SignatureScheme {
  const forms = options.forms ?? ['payments'];
  const ofPlatform = senderHmac(platform);
  return {
    ...ofPlatform,
    name: 'adyen',
    headers: forms.includes('payments') ? [] : [platformHeader],
    secretForm: "the webhook's HMAC key, 64 hex digits",
    // `pspReference` and `eventCode` together; the platform's webhooks have none.
    repeats: { by: 'body' },
    // Older accounts look for these very characters.
    accepted: { statusCode: 200, contentType: 'text/plain', body: '[accepted]' },
    checkSecret: (secret) => (pasted(secret, 'hex')?.length === 32 ? undefined : 'is not 64 hex digits'),
    verify: (request, secrets, nowMs) =>
      forms.includes('platform') && (platformHeader in request.headers || forms.length === 1)
        ? ofPlatform.verify(request, secrets, nowMs)
        : verifyItems(request, secrets),
  };
}

/** Signs as Adyen does: each item of a payments body in it, any other body by the header. */
export function signAdyen(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  const json = parseJsonBytes(request.body);
  const items = itemsOf(json);
  if (items === undefined) return signHmac(platform)(request, secret, nowMs);
  const signed = items.map((item) => {
    const content = signedFields(item);
    if (content === undefined) throw new Error('A signed field of an item is no text, number or truth value. Mend it.');
    const hmacSignature = keyedHash('sha256', 'base64', pasted(secret, 'hex') ?? '', [content]);
    const given = memberOf(item, 'additionalData');
    const additionalData = { ...(isObject(given) ? given : {}), hmacSignature };
    return { NotificationRequestItem: { ...item, additionalData } };
  });
  const body = Buffer.from(JSON.stringify({ ...(isObject(json) ? json : {}), notificationItems: signed }));
  return { ...request, body };
}

/** Every item must be signed: one that isn't would go in with the others. */
function verifyItems({ body }: SignedRequest, secrets: readonly string[]): Verification {
  const items = itemsOf(parseJsonBytes(body));
  if (items === undefined) return { valid: false, reason: 'body-malformed' };
  const keys = secrets.flatMap((secret) => pasted(secret, 'hex') ?? []);
  for (const item of items) {
    const given = memberOf(memberOf(item, 'additionalData'), 'hmacSignature');
    const content = signedFields(item);
    if (typeof given !== 'string' || content === undefined) return { valid: false, reason: 'body-malformed' };
    const expected = keyedHashes('sha256', 'base64', keys, [content]);
    if (!anyEqual([given], expected)) return { valid: false, reason: 'signature-mismatch' };
  }
  return { valid: true };
}

/** At least one, each of them an object; undefined for any other body. */
function itemsOf(json: unknown): Readonly<Record<string, unknown>>[] | undefined {
  const list = memberOf(json, 'notificationItems');
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const items = list.map((entry: unknown) => memberOf(entry, 'NotificationRequestItem'));
  return items.every(isObject) ? items : undefined;
}

/** What is signed of an item; undefined where a field is an object or a list. */
function signedFields(item: Readonly<Record<string, unknown>>): string | undefined {
  const amount = memberOf(item, 'amount');
  const values = [
    ...['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'].map((name) => item[name]),
    ...['value', 'currency'].map((name) => memberOf(amount, name)),
    ...['eventCode', 'success'].map((name) => item[name]),
  ];
  return values.some((value) => typeof value === 'object' && value !== null)
    ? undefined
    : values.map((value) => value ?? '').join(':');
}
