import { createHash } from 'node:crypto';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { calledUrl, checkPublicUrl, type UrlOptions } from './parts/called-url.ts';
import { anyEqual, constantTimeEqual } from './parts/constant-time.ts';
import { keyedHash, keyedHashes } from './parts/keyed-hash.ts';
import { oneWord } from './parts/secret-form.ts';
import { formContent } from './parts/twilio-form.ts';
import { urlForms } from './parts/twilio-urls.ts';

const header = 'x-twilio-signature';

/**
 * Twilio's scheme: `X-Twilio-Signature: <base64 HMAC-SHA1>` by the auth token over the URL, and then the form's fields
 * in their order by name, name and value in a row. What is no form has its hash in the URL (`bodySHA256`). It signs no
 * time.
 * Source: https://www.twilio.com/docs/usage/security#validating-requests.
 *
 * A body without a hash in the URL is always read as a form, whatever its type claims, so that all of it is signed.
 */
export function twilio(options: UrlOptions = {}): SignatureScheme {
  checkPublicUrl(options.publicUrl);
  return {
    name: 'twilio',
    options: { ...options },
    headers: [header],
    toleranceSeconds: 0,
    secretForm: "the account's auth token",
    repeats: { by: 'header', headers: ['i-twilio-idempotency-token'], signed: false },
    // Nothing to say or do: a message or a call would get what else is answered.
    accepted: { statusCode: 200, contentType: 'text/xml', body: '<Response/>' },
    checkSecret: (secret) =>
      /^(AC|SK)[0-9a-f]{32}$/.test(secret) ? 'is the SID of an account or key, not the auth token' : oneWord(secret),
    verify: (request, secrets) => verify(request, secrets, options.publicUrl),
  };
}

/** Signs as Twilio does. What its content type does not say to be a form gets its hash into the URL. */
export function signTwilio(request: SignedRequest, secret: string): SignedRequest {
  const { url, body, headers } = request;
  if (url === undefined) throw new Error('Twilio signs the URL: give the one that is called.');
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const called = isForm ? url : `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${sha256(body)}`;
  const signature = keyedHash('sha1', 'base64', secret, [called, isForm ? formContent(body) : '']);
  return { ...request, url: called, headers: { ...headers, [header]: signature } };
}

function verify(request: SignedRequest, secrets: readonly string[], publicUrl: string | undefined): Verification {
  const given = request.headers[header];
  if (!given) return { valid: false, reason: 'header-missing' };
  const url = calledUrl(request, publicUrl);
  if (url === undefined) return { valid: false, reason: 'url-missing' };
  const hash = /[?&]bodySHA256=([^&#]*)/.exec(url)?.[1];
  if (hash !== undefined && !constantTimeEqual(hash, sha256(request.body))) {
    return { valid: false, reason: 'signature-mismatch' };
  }
  const fields = hash === undefined ? formContent(request.body) : '';
  const expected = urlForms(url).flatMap((form) => keyedHashes('sha1', 'base64', secrets, [form, fields]));
  return anyEqual([given], expected) ? { valid: true } : { valid: false, reason: 'signature-mismatch' };
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
