import { randomBytes } from 'node:crypto';
import type { Rejection, Sign, SignatureScheme, SignedRequest, Verification } from '../contract/signature-scheme.ts';
import { calledUrl, checkPublicUrl, type UrlOptions } from './parts/called-url.ts';
import { anyEqual } from './parts/constant-time.ts';
import { pasted } from './parts/encoded-bytes.ts';
import { type Hash, keyedHash, keyedHashes } from './parts/keyed-hash.ts';
import { anyText } from './parts/secret-form.ts';
import { formatTime, parseTime, type TimeUnit, withinWindow } from './parts/time-window.ts';

/** What can differ between senders that sign with an HMAC of their own. */
export interface HmacOptions extends UrlOptions {
  /** The name that outputs and logs show. @default 'hmac' */
  readonly name?: string;
  /** Header that carries the signature, in any case: `X-Acme-Signature`. */
  readonly header: string;
  /** What stands before the encoded signature: `v1=`, `sha256=`. @default '' */
  readonly prefix?: string;
  /** Of the signature; base64url is without padding. @default 'hex' */
  readonly encoding?: 'hex' | 'base64' | 'base64url';
  /** @default 'sha256' */
  readonly hash?: Hash;
  /** How the key is written down: as it is, or in an encoding. @default 'utf8' */
  readonly secretEncoding?: 'utf8' | 'hex' | 'base64';
  /**
   * What is signed: literal text with `{body}` (the raw bytes), `{timestamp}`, `{id}`, `{method}` and `{url}`.
   * @default '{body}'
   */
  readonly signedContent?: string;
  /** Header with the time of signing; needed for `{timestamp}`. */
  readonly timestampHeader?: string;
  /** @default 'seconds' */
  readonly timestampUnit?: TimeUnit;
  /** Largest age or lead of that time, in seconds; 0: the time is signed, but not judged. @default 300 */
  readonly toleranceSeconds?: number;
  /** Header with the event's id: a repeat is known by it. It counts as signed where `{id}` is in the content. */
  readonly idHeader?: string;
}

/**
 * A configurable HMAC over the raw body: the scheme of most senders that have no name of their own here.
 * @throws {Error} when the body is not signed, or what is signed names something that no option tells.
 */
export function hmac(options: HmacOptions): SignatureScheme {
  return { ...senderHmac(options), ownSecret: { ...options } };
}

/** The same of senders that make the secret themselves. */
export function senderHmac(options: HmacOptions): SignatureScheme {
  const config = configOf(options);
  const { header, timestampHeader, idHeader, toleranceSeconds, secretEncoding } = config;
  const signsId = config.parts.includes('{id}');
  return {
    name: options.name ?? 'hmac',
    options: { ...options },
    headers: [header, timestampHeader, signsId ? idHeader : undefined].flatMap((name) => name ?? []),
    toleranceSeconds: timestampHeader === undefined ? 0 : toleranceSeconds,
    secretForm: secretEncoding === 'utf8' ? 'the shared secret' : `the shared key in ${secretEncoding}`,
    repeats: idHeader === undefined ? { by: 'body' } : { by: 'header', headers: [idHeader], signed: signsId },
    checkSecret: (secret) =>
      anyText(secret) ?? (keyOf(config, secret) === undefined ? `is not in ${secretEncoding}` : undefined),
    verify: (request, secrets, nowMs) => verify(config, request, secrets, nowMs),
  };
}

/** Signs as the sender of `hmac(options)` does. Where it signs an id, the request must have its header. */
export function signHmac(options: HmacOptions): Sign {
  const config = configOf(options);
  const { header, prefix, encoding, hash, timestampHeader, timestampUnit } = config;
  return (request, secret, nowMs) => {
    const time = timestampHeader === undefined ? {} : { [timestampHeader]: formatTime(nowMs, timestampUnit) };
    const timed = { ...request, headers: { ...request.headers, ...time } };
    const values = signedValues(config, timed, nowMs);
    if (typeof values === 'string') throw new Error(`The request can't be signed: ${values}. Give it what is signed.`);
    const signature = keyedHash(hash, encoding, keyOf(config, secret) ?? '', contentOf(config, values));
    return { ...timed, headers: { ...timed.headers, [header]: prefix + signature } };
  };
}

/** Makes a secret for both sides to hold: 32 random bytes, written down as the options say. */
export function newHmacSecret({ secretEncoding }: HmacOptions): string {
  return randomBytes(32).toString(secretEncoding === 'base64' ? 'base64' : 'hex');
}

interface Config {
  readonly header: string;
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64' | 'base64url';
  readonly hash: Hash;
  readonly secretEncoding: 'utf8' | 'hex' | 'base64';
  readonly parts: readonly string[];
  readonly timestampHeader: string | undefined;
  readonly timestampUnit: TimeUnit;
  readonly toleranceSeconds: number;
  readonly idHeader: string | undefined;
  readonly publicUrl: string | undefined;
}

function configOf(options: HmacOptions): Config {
  const signedContent = options.signedContent ?? '{body}';
  const parts = signedContent.split(/(\{(?:body|timestamp|id|method|url)\})/).filter((part) => part !== '');
  if (!parts.includes('{body}')) {
    throw new Error('hmac.signedContent lacks {body}: a signature that leaves the body out proves nothing. Add it.');
  }
  if (parts.includes('{timestamp}') !== (options.timestampHeader !== undefined)) {
    throw new Error(
      'hmac.signedContent names {timestamp} exactly when hmac.timestampHeader is set: mend one of the two.',
    );
  }
  if (parts.includes('{id}') && options.idHeader === undefined) {
    throw new Error('hmac.signedContent names {id}, but hmac.idHeader is not set: say which header has it.');
  }
  checkPublicUrl(options.publicUrl);
  return {
    header: options.header.toLowerCase(),
    prefix: options.prefix ?? '',
    encoding: options.encoding ?? 'hex',
    hash: options.hash ?? 'sha256',
    secretEncoding: options.secretEncoding ?? 'utf8',
    parts,
    timestampHeader: options.timestampHeader?.toLowerCase(),
    timestampUnit: options.timestampUnit ?? 'seconds',
    toleranceSeconds: options.toleranceSeconds ?? 300,
    idHeader: options.idHeader?.toLowerCase(),
    publicUrl: options.publicUrl,
  };
}

function verify(config: Config, request: SignedRequest, secrets: readonly string[], nowMs: number): Verification {
  const given = request.headers[config.header];
  if (!given) return { valid: false, reason: 'header-missing' };
  if (!given.startsWith(config.prefix)) return { valid: false, reason: 'no-known-version' };
  const values = signedValues(config, request, nowMs);
  if (typeof values === 'string') return { valid: false, reason: values };
  const keys = secrets.flatMap((secret) => keyOf(config, secret) ?? []);
  const expected = keyedHashes(config.hash, config.encoding, keys, contentOf(config, values));
  // The encoded texts are compared, not the bytes: a second spelling of the same bytes is not what the sender sends.
  return anyEqual([given.slice(config.prefix.length)], expected)
    ? { valid: true }
    : { valid: false, reason: 'signature-mismatch' };
}

/** What the placeholders stand for in this request, or why it is refused before anything is computed. */
function signedValues(config: Config, request: SignedRequest, nowMs: number): SignedValues | Rejection {
  const { parts, timestampHeader, timestampUnit, toleranceSeconds, idHeader, publicUrl } = config;
  const values: SignedValues = new Map([['{body}', request.body]]);
  if (timestampHeader !== undefined) {
    const text = request.headers[timestampHeader];
    if (!text) return 'header-missing';
    const timeMs = parseTime(text, timestampUnit);
    if (timeMs === undefined) return 'header-malformed';
    const judged = toleranceSeconds > 0;
    if (judged && !withinWindow(timeMs, nowMs, toleranceSeconds, timestampUnit)) {
      return 'timestamp-outside-window';
    }
    values.set('{timestamp}', text);
  }
  if (idHeader !== undefined && parts.includes('{id}')) {
    const id = request.headers[idHeader];
    if (!id) return 'header-missing';
    values.set('{id}', id);
  }
  if (parts.includes('{url}')) {
    const url = calledUrl(request, publicUrl);
    if (url === undefined) return 'url-missing';
    values.set('{url}', url);
  }
  return values.set('{method}', request.method ?? 'POST');
}

type SignedValues = Map<string, string | Uint8Array>;

function contentOf({ parts }: Config, values: SignedValues): (string | Uint8Array)[] {
  return parts.map((part) => values.get(part) ?? part);
}

/** Undefined where the secret is not in its encoding. */
function keyOf({ secretEncoding }: Config, secret: string): string | Uint8Array | undefined {
  return secretEncoding === 'utf8' ? secret : pasted(secret, secretEncoding);
}
