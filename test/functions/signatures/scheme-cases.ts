import { createHmac } from 'node:crypto';
import type { SignatureScheme } from '../../../functions/contract/signature-scheme.ts';
import { github } from '../../../functions/signatures/github.ts';
import { hmac } from '../../../functions/signatures/hmac.ts';
import { salesforceCallout } from '../../../functions/signatures/salesforce-callout.ts';
import { stripe } from '../../../functions/signatures/stripe.ts';

export type Headers = Record<string, string>;

/** A scheme as its sender sees it, written from the senders' documents: none of it is the code under test. */
export interface SchemeCase {
  readonly title: string;
  readonly scheme: SignatureScheme;
  readonly signatureHeader: string;
  /** The encoded signature of these bytes; `seconds` is ignored where the scheme signs no time. */
  sign(body: Uint8Array, secret: string, seconds: number): string;
  /** The headers that carry it. */
  headers(signature: string, seconds: number | string): Headers;
  /** The same under a version, or prefix, that nobody knows; undefined where the scheme has none. */
  readonly unknownVersion?: (signature: string, seconds: number) => Headers;
  /** The same signature, spelt in ways that the scheme doesn't use. */
  respell(signature: string): string[];
  readonly signsTime: boolean;
}

const hexRespelt = (signature: string) => [
  signature.toUpperCase(),
  Buffer.from(signature, 'hex').toString('base64'),
  Buffer.from(signature, 'hex').toString('base64url'),
  `0x${signature}`,
];

const base64Respelt = (signature: string) => [
  signature.replaceAll('=', ''),
  Buffer.from(signature, 'base64').toString('base64url'),
  Buffer.from(signature, 'base64').toString('hex'),
  `${signature}=`,
];

function timed(hash: string, encoding: 'hex' | 'base64', before: string) {
  return (body: Uint8Array, secret: string, seconds: number) =>
    createHmac(hash, secret)
      .update(Buffer.concat([Buffer.from(`${before}${seconds}.`), body]))
      .digest(encoding);
}

function untimed(hash: string, encoding: 'hex' | 'base64') {
  return (body: Uint8Array, secret: string) => createHmac(hash, secret).update(body).digest(encoding);
}

export const schemeCases: readonly SchemeCase[] = [
  {
    title: 'stripe',
    scheme: stripe(),
    signatureHeader: 'stripe-signature',
    sign: timed('sha256', 'hex', ''),
    headers: (signature, seconds) => ({ 'stripe-signature': `t=${seconds},v1=${signature}` }),
    unknownVersion: (signature, seconds) => ({ 'stripe-signature': `t=${seconds},v0=${signature},v2=${signature}` }),
    respell: hexRespelt,
    signsTime: true,
  },
  {
    title: 'salesforce-callout',
    scheme: salesforceCallout(),
    signatureHeader: 'x-millrace-signature',
    sign: timed('sha256', 'hex', ''),
    headers: (signature, seconds) => ({
      'x-millrace-timestamp': `${seconds}`,
      'x-millrace-signature': `v1=${signature}`,
    }),
    unknownVersion: (signature, seconds) => ({
      'x-millrace-timestamp': `${seconds}`,
      'x-millrace-signature': `v2=${signature}`,
    }),
    respell: hexRespelt,
    signsTime: true,
  },
  {
    title: 'hmac: sha512 in base64, a time, text around it, a longer window',
    scheme: hmac({
      header: 'X-Acme-Signature',
      encoding: 'base64',
      hash: 'sha512',
      signedContent: 'acme:{timestamp}.{body}',
      timestampHeader: 'X-Acme-Time',
      toleranceSeconds: 900,
    }),
    signatureHeader: 'x-acme-signature',
    sign: timed('sha512', 'base64', 'acme:'),
    headers: (signature, seconds) => ({ 'x-acme-time': `${seconds}`, 'x-acme-signature': signature }),
    respell: base64Respelt,
    signsTime: true,
  },
  {
    title: 'github',
    scheme: github(),
    signatureHeader: 'x-hub-signature-256',
    sign: untimed('sha256', 'hex'),
    headers: (signature) => ({ 'x-hub-signature-256': `sha256=${signature}` }),
    unknownVersion: (signature) => ({ 'x-hub-signature-256': `sha1=${signature}` }),
    respell: hexRespelt,
    signsTime: false,
  },
  {
    title: 'hmac: sha256 in base64, no prefix, no time',
    scheme: hmac({ header: 'x-shop-hmac', encoding: 'base64' }),
    signatureHeader: 'x-shop-hmac',
    sign: untimed('sha256', 'base64'),
    headers: (signature) => ({ 'x-shop-hmac': signature }),
    respell: base64Respelt,
    signsTime: false,
  },
];

/** A request that verifies: each negative test breaks one thing of it. */
export function validSample(one: SchemeCase) {
  const [secret, seconds] = ['whsec_c2VjcmV0', 1_800_000_000];
  const body = Buffer.from('{"id":"evt_1","name":"Zoë"}');
  const signature = one.sign(body, secret, seconds);
  return { secret, seconds, body, signature, headers: one.headers(signature, seconds), nowMs: seconds * 1000 };
}
