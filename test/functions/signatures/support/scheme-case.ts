import { createHmac } from 'node:crypto';
import type { SignatureScheme, SignedRequest } from '../../../../functions/contract/signature-scheme.ts';

/** What a sender signs. */
export interface Signable {
  readonly body: Buffer;
  /** What it signs with. */
  readonly key: string;
  /** As its header says it; empty where the scheme has none. */
  readonly time: string;
}

/** A scheme as its sender sees it, written from the senders' documents: none of it is the code under test. */
export interface SchemeCase {
  readonly title: string;
  readonly scheme: SignatureScheme;
  /** What the receiver holds. */
  readonly secret: string;
  /** What the sender signs with. @default the secret */
  readonly key?: string;
  /** Another receiver's, in the right form. */
  readonly otherSecret: string;
  /** What is nearly the secret. @default with a blank, in upper case, without its last character */
  readonly wrongSecrets?: readonly string[];
  /** How the sender writes the time; undefined where it writes none. */
  time?(ms: number): string;
  /** Spellings of a time that the scheme must not take, though they are signed. */
  malformedTimes?(ms: number): readonly string[];
  /** What is signed beside headers and body. @default nothing */
  readonly signs?: readonly ('method' | 'url' | 'query')[];
  /** The body in which the sender sends this content. @default the content itself */
  carry?(content: Buffer): Buffer;
  /** Whether the sender can't send bytes that are no text. @default false */
  readonly textOnly?: boolean;
  /** Whether two bodies say the same to the signature; the sender's form may have several spellings. @default never */
  sameMeaning?(one: Buffer, other: Buffer): boolean;
  /** The encoded signature. */
  sign(signable: Signable): string;
  /** The request that carries it. */
  request(body: Buffer, signature: string, time: string): SignedRequest;
  /** The same under a version, or prefix, that nobody knows; undefined where the scheme has none. */
  unknownVersion?(signature: string, time: string): Record<string, string>;
  /** The same signature, spelt in ways that the scheme doesn't use. */
  respell(signature: string): string[];
}

/** Where every request is posted to. */
export const calledUrl = 'https://hooks.example.test/v1/webhooks/shop/source?tenant=7';

export const sampleMs = 1_800_000_000_000;

const samples = new Map<SchemeCase, ReturnType<typeof signedSample>>();

/** A request that verifies: each negative test breaks one thing of it. Always the same, though some sign by chance. */
export function validSample(one: SchemeCase) {
  const made = samples.get(one) ?? signedSample(one, Buffer.from('{"id":"evt_1","name":"Zoë"}'));
  samples.set(one, made);
  return made;
}

/** The same with any content. */
export function signedSample(one: SchemeCase, content: Buffer, ms = sampleMs) {
  const body = one.carry?.(content) ?? content;
  const time = one.time?.(ms) ?? '';
  const signature = one.sign({ body, key: one.key ?? one.secret, time });
  return { body, time, signature, nowMs: ms, request: one.request(body, signature, time) };
}

/** A request of the usual kind: a POST with these headers. */
export function posted(body: Buffer, headers: Record<string, string>, url = calledUrl): SignedRequest {
  return { method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, body };
}

export function hmacOf(hash: string, key: string | Buffer, parts: readonly (string | Buffer)[]) {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return createHmac(hash, key).update(content);
}

export const seconds = (ms: number) => String(Math.floor(ms / 1000));

export const oddSeconds = (ms: number) => [
  `0x${(ms / 1000).toString(16)}`,
  `${ms / 1000}.0`,
  `+${ms / 1000}`,
  ` ${ms / 1000}`,
  `${ms / 1000}e0`,
  `0${ms / 1000}`,
  `${ms}`,
  'NaN',
  new Date(ms).toISOString(),
];

export const hexRespelt = (signature: string) => [
  signature.toUpperCase(),
  Buffer.from(signature, 'hex').toString('base64'),
  Buffer.from(signature, 'hex').toString('base64url'),
  `0x${signature}`,
];

export const base64Respelt = (signature: string) => [
  signature.replaceAll('=', ''),
  Buffer.from(signature, 'base64').toString('base64url'),
  Buffer.from(signature, 'base64').toString('hex'),
  `${signature}=`,
  ` ${signature}`,
  withUnusedBits(signature),
];

/** The same bytes, though the bits that base64 leaves unused in its last digit are set. */
function withUnusedBits(signature: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = signature.replaceAll('=', '').length - 1;
  if (last === signature.length - 1) return `${signature}\n`;
  const digit = digits[digits.indexOf(signature[last]!) + 1]!;
  return signature.slice(0, last) + digit + signature.slice(last + 1);
}
