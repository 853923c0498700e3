import { createHash } from 'node:crypto';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { calledUrl, checkPublicUrl, type UrlOptions } from './parts/called-url.ts';
import { anyEqual } from './parts/constant-time.ts';
import { keyedHash, keyedHashes } from './parts/keyed-hash.ts';
import { oneWord } from './parts/secret-form.ts';
import { formatTime, parseTime, withinWindow } from './parts/time-window.ts';

type Version = 'v3' | 'v2' | 'v1';

export interface HubspotOptions extends UrlOptions {
  /**
   * Which signatures count. `v2` and `v1`, of old apps, are plain hashes that begin with the secret, and sign no time.
   * Where v3 counts, too, and is there, it decides alone; but whoever repeats a request that they once saw can leave it
   * out. So take the old ones only as long as an app sends nothing else.
   * @default ['v3']
   */
  readonly versions?: readonly Version[];
  /** Of v3. @default 300 */
  readonly toleranceSeconds?: number;
}

const [v3Header, v3Timestamp] = ['x-hubspot-signature-v3', 'x-hubspot-request-timestamp'];
const [oldHeader, oldVersion] = ['x-hubspot-signature', 'x-hubspot-signature-version'];

/**
 * HubSpot's scheme. v3: `X-HubSpot-Signature-v3: <base64 HMAC-SHA256("{method}{url}{raw body}{timestamp}")>`, timestamp
 * in `X-HubSpot-Request-Timestamp` (ms). v2 and v1, as `X-HubSpot-Signature-Version` says: `X-HubSpot-Signature` is hex
 * SHA-256 over `{secret}{method}{url}{raw body}`, or over `{secret}{raw body}`.
 * Source: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation.
 */
export function hubspot(options: HubspotOptions = {}): SignatureScheme {
  const versions = options.versions ?? ['v3'];
  const toleranceSeconds = options.toleranceSeconds ?? 300;
  const { publicUrl } = options;
  checkPublicUrl(publicUrl);
  const takesV3 = versions.includes('v3');
  return {
    name: 'hubspot',
    options: { ...options },
    headers: takesV3 ? [v3Header, v3Timestamp] : [oldHeader, oldVersion],
    toleranceSeconds: takesV3 ? toleranceSeconds : 0,
    secretForm: "the app's client secret",
    // `eventId`, `subscriptionId`, `portalId` and `occurredAt` together: none is sure alone.
    repeats: { by: 'body' },
    checkSecret: (secret) =>
      secret.startsWith('pat-') ? 'is an access token, not the client secret' : oneWord(secret),
    verify: (request, secrets, nowMs) =>
      takesV3 && (request.headers[v3Header] || versions.length === 1)
        ? verifyV3(request, secrets, nowMs, { toleranceSeconds, publicUrl })
        : verifyOld(request, secrets, versions, publicUrl),
  };
}

/** Signs as HubSpot does, in v3. */
export function signHubspot(request: SignedRequest, secret: string, nowMs: number): SignedRequest {
  const { url, method = 'POST', body } = request;
  if (url === undefined) throw new Error('HubSpot signs the URL: give the one that is called.');
  const timestamp = formatTime(nowMs, 'milliseconds');
  const content = [method, decodedUrl(url), body, timestamp];
  const added = { [v3Header]: keyedHash('sha256', 'base64', secret, content), [v3Timestamp]: timestamp };
  return { ...request, headers: { ...request.headers, ...added } };
}

function verifyV3(
  request: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
  { toleranceSeconds, publicUrl }: { toleranceSeconds: number; publicUrl: string | undefined },
): Verification {
  const { [v3Header]: given, [v3Timestamp]: timestamp } = request.headers;
  if (!given || !timestamp) return { valid: false, reason: 'header-missing' };
  const timeMs = parseTime(timestamp, 'milliseconds');
  if (timeMs === undefined) return { valid: false, reason: 'header-malformed' };
  if (!withinWindow(timeMs, nowMs, toleranceSeconds, 'milliseconds')) {
    return { valid: false, reason: 'timestamp-outside-window' };
  }
  const url = calledUrl(request, publicUrl);
  if (url === undefined) return { valid: false, reason: 'url-missing' };
  const expected = [...new Set([url, decodedUrl(url)])].flatMap((form) => {
    const content = [request.method ?? 'POST', form, request.body, timestamp];
    return keyedHashes('sha256', 'base64', secrets, content);
  });
  return anyEqual([given], expected) ? { valid: true } : { valid: false, reason: 'signature-mismatch' };
}

function verifyOld(
  request: SignedRequest,
  secrets: readonly string[],
  versions: readonly Version[],
  publicUrl: string | undefined,
): Verification {
  const { [oldHeader]: given, [oldVersion]: version } = request.headers;
  if (!given || !version) return { valid: false, reason: 'header-missing' };
  const known = versions.find((each) => each !== 'v3' && each === version);
  if (known === undefined) return { valid: false, reason: 'no-known-version' };
  const url = calledUrl(request, publicUrl);
  if (known === 'v2' && url === undefined) return { valid: false, reason: 'url-missing' };
  const before = known === 'v2' ? `${request.method ?? 'POST'}${url}` : '';
  const live = secrets.filter((secret) => secret !== '');
  const expected = live.map((secret) =>
    createHash('sha256').update(secret).update(before).update(request.body).digest('hex'),
  );
  return anyEqual([given], expected) ? { valid: true } : { valid: false, reason: 'signature-mismatch' };
}

/** The escapes that HubSpot undoes before it signs, by the table of its documentation. */
function decodedUrl(url: string): string {
  return url.replace(/%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, decodeURIComponent);
}
