import { createHmac } from 'node:crypto';
import type { SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { anyEqual } from './constant-time.ts';
import { parseUnixSeconds, withinWindow } from './time-window.ts';

/** What can differ between senders that sign with an HMAC of their own. */
export interface HmacOptions {
  /** The name that outputs and logs show. @default 'hmac' */
  readonly name?: string;
  /** Header that carries the signature, in any case: `X-Acme-Signature`. */
  readonly header: string;
  /** What stands before the encoded signature: `v1=`, `sha256=`. @default '' */
  readonly prefix?: string;
  /** @default 'hex' */
  readonly encoding?: 'hex' | 'base64';
  /** @default 'sha256' */
  readonly hash?: 'sha256' | 'sha512';
  /** What is signed: literal text with `{body}` (the raw bytes) and `{timestamp}`. @default '{body}' */
  readonly signedContent?: string;
  /** Header with the Unix time of signing, in seconds; needed for `{timestamp}`. */
  readonly timestampHeader?: string;
  /** Largest age or lead of that time, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
}

/**
 * A configurable HMAC over the raw body: the scheme of most senders that have no name of their own here.
 * @throws {Error} when `{timestamp}` is signed without a `timestampHeader`, or the body is not signed at all.
 */
export function hmac(options: HmacOptions): SignatureScheme {
  const signedContent = options.signedContent ?? '{body}';
  if (!signedContent.includes('{body}')) {
    throw new Error('hmac.signedContent lacks {body}: a signature that leaves the body out proves nothing. Add it.');
  }
  if (signedContent.includes('{timestamp}') !== (options.timestampHeader !== undefined)) {
    throw new Error(
      'hmac.signedContent names {timestamp} exactly when hmac.timestampHeader is set: mend one of the two.',
    );
  }
  const config: Config = {
    header: options.header.toLowerCase(),
    prefix: options.prefix ?? '',
    encoding: options.encoding ?? 'hex',
    hash: options.hash ?? 'sha256',
    parts: signedContent.split(/(\{body\}|\{timestamp\})/),
    timestampHeader: options.timestampHeader?.toLowerCase(),
    toleranceSeconds: options.timestampHeader === undefined ? 0 : (options.toleranceSeconds ?? 300),
  };
  return {
    name: options.name ?? 'hmac',
    headers: [config.header, ...(config.timestampHeader === undefined ? [] : [config.timestampHeader])],
    toleranceSeconds: config.toleranceSeconds,
    verify: (request, secrets, nowMs) => verify(config, request, secrets, nowMs),
  };
}

interface Config {
  readonly header: string;
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64';
  readonly hash: 'sha256' | 'sha512';
  readonly parts: readonly string[];
  readonly timestampHeader: string | undefined;
  readonly toleranceSeconds: number;
}

function verify(config: Config, request: SignedRequest, secrets: readonly string[], nowMs: number): Verification {
  const header = request.headers[config.header];
  if (!header) return { valid: false, reason: 'header-missing' };
  if (!header.startsWith(config.prefix)) return { valid: false, reason: 'no-known-version' };
  const timestamp = config.timestampHeader === undefined ? '' : request.headers[config.timestampHeader];
  if (config.timestampHeader !== undefined) {
    if (!timestamp) return { valid: false, reason: 'header-missing' };
    const seconds = parseUnixSeconds(timestamp);
    if (seconds === undefined) return { valid: false, reason: 'header-malformed' };
    if (!withinWindow(seconds, nowMs, config.toleranceSeconds)) {
      return { valid: false, reason: 'timestamp-outside-window' };
    }
  }
  const expected = secrets.map((secret) => sign(config, secret, timestamp ?? '', request.body));
  // The encoded texts are compared, not the bytes: a second spelling of the same bytes is not what the sender sends.
  return anyEqual([header.slice(config.prefix.length)], expected)
    ? { valid: true }
    : { valid: false, reason: 'signature-mismatch' };
}

function sign(config: Config, secret: string, timestamp: string, body: Uint8Array): string {
  const mac = createHmac(config.hash, secret);
  for (const part of config.parts) {
    if (part === '{body}') mac.update(body);
    else mac.update(part === '{timestamp}' ? timestamp : part);
  }
  return mac.digest(config.encoding);
}
