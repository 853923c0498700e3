import { verify as verifySignature } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Certificates } from '../contract/certificates.ts';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import type { VouchedKey } from './parts/certificate-chain.ts';
import { createCertificateKeys } from './parts/certificate-keys.ts';
import { decoded } from './parts/encoded-bytes.ts';
import { oneWord } from './parts/secret-form.ts';

const headers = {
  id: 'paypal-transmission-id',
  time: 'paypal-transmission-time',
  signature: 'paypal-transmission-sig',
  url: 'paypal-cert-url',
  algorithm: 'paypal-auth-algo',
} as const;

/** The header that names the certificate is not signed: nothing but these is ever asked for one. */
const certificateHosts = ['api', 'api-m'].flatMap((name) => [`${name}.paypal.com`, `${name}.sandbox.paypal.com`]);

/**
 * PayPal's scheme: `PAYPAL-TRANSMISSION-SIG: <base64>`, RSA with SHA-256 over `{id}|{time}|{webhook id}|{crc}`, the last
 * the raw body's CRC-32, by the key of the certificate at `PAYPAL-CERT-URL`. Its host must be PayPal's, the certificate
 * must name PayPal, and an authority must vouch for it. The secret is the webhook's id, which is none. It has no time rule.
 * Source: https://developer.paypal.com/api/rest/webhooks/rest/.
 *
 * A CRC is no hash: whoever has one signed webhook can make other bodies that fit it. So read again what such an event
 * is about.
 */
export function paypal({ certificates }: { certificates: Certificates }): SignatureScheme {
  const keys = createCertificateKeys(certificates, (name) => /^([\w-]+\.)+paypal\.com$/.test(name));
  return {
    name: 'paypal',
    headers: Object.values(headers),
    toleranceSeconds: 0,
    secretForm: "the webhook's id, as PayPal shows it",
    // The event's `id`: the transmission's may differ when it is sent again.
    repeats: { by: 'body' },
    checkSecret: oneWord,
    prepare: async (request, nowMs) => {
      const url = certificateUrl(request);
      if (url !== undefined && isComplete(request)) await keys.get(url, nowMs);
    },
    verify: (request, secrets, nowMs) => verify(request, secrets, (url) => keys.kept(url, nowMs)),
  };
}

function verify(
  request: SignedRequest,
  webhookIds: readonly string[],
  keyAt: (url: string) => VouchedKey | undefined,
): Verification {
  if (!isComplete(request)) return { valid: false, reason: 'header-missing' };
  const [id, time, algorithm] = [headers.id, headers.time, headers.algorithm].map((name) => request.headers[name]);
  if (algorithm !== 'SHA256withRSA') return { valid: false, reason: 'no-known-version' };
  const signature = decoded(request.headers[headers.signature] ?? '', 'base64');
  if (signature === undefined) return { valid: false, reason: 'header-malformed' };
  const url = certificateUrl(request);
  const vouched = url === undefined ? undefined : keyAt(url);
  if (vouched === undefined) return { valid: false, reason: 'certificate-refused' };
  const checksum = crc32(request.body);
  const contents = webhookIds
    .filter((webhookId) => webhookId !== '')
    .map((webhookId) => Buffer.from(`${id}|${time}|${webhookId}|${checksum}`));
  return contents.some((content) => verifySignature('sha256', content, vouched.key, signature))
    ? { valid: true }
    : { valid: false, reason: 'signature-mismatch' };
}

function isComplete(request: SignedRequest): boolean {
  return Object.values(headers).every((name) => request.headers[name]);
}

/** Undefined unless it is one of PayPal's, by https, on its standard port, and without anybody's name. */
function certificateUrl(request: SignedRequest): string | undefined {
  const text = request.headers[headers.url] ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return undefined;
  return certificateHosts.includes(url.hostname) && url.pathname.startsWith('/v1/notifications/')
    ? url.href
    : undefined;
}
