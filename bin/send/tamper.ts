import type { Sign, SignedRequest } from '../../functions/contract/signature-scheme.ts';
import { formatTime } from '../../functions/signatures/parts/time-window.ts';
import { CommandError, UsageError } from '../errors.ts';

const tamperings = ['body', 'signature', 'timestamp'] as const;
export type Tampering = (typeof tamperings)[number];

/** @throws {UsageError} for any other word. */
export function tamperingOf(text: string | undefined): Tampering | undefined {
  if (text === undefined) return undefined;
  const known = tamperings.find((each) => each === text);
  if (known === undefined) throw new UsageError(`--tamper '${text}' is none of ${tamperings.join(', ')}.`);
  return known;
}

/** An old request, whose time somebody makes look new. */
const ageMs = 3_600_000;

/**
 * A request that was signed by the right secret, and changed afterwards in one place.
 * @throws {CommandError} where the scheme has no such place.
 */
export function tampered(how: Tampering, request: SignedRequest, sign: Sign, secret: string, nowMs: number) {
  if (how === 'timestamp') return withNewTime(sign(request, secret, nowMs - ageMs), nowMs);
  const signed = sign(request, secret, nowMs);
  if (how === 'body') return { ...signed, body: withLastByteChanged(signed.body) };
  const other = sign({ ...request, body: withLastByteChanged(request.body) }, secret, nowMs);
  const carrying = Object.keys(signed.headers).find((name) => signed.headers[name] !== other.headers[name]);
  if (carrying === undefined) {
    throw new CommandError('This sender signs inside the body: use --tamper body.');
  }
  const [right, wrong] = [signed.headers[carrying] ?? '', other.headers[carrying] ?? ''];
  const at = [...right].findIndex((character, index) => character !== wrong[index]);
  // One character of another body's signature: still well-formed, and of no body at all.
  const value = right.slice(0, at) + (wrong[at] ?? '') + right.slice(at + 1);
  return { ...signed, headers: { ...signed.headers, [carrying]: value } };
}

function withNewTime(signed: SignedRequest, nowMs: number): SignedRequest {
  const units = ['milliseconds', 'seconds', 'iso'] as const;
  const times = units.map((unit) => [formatTime(nowMs - ageMs, unit), formatTime(nowMs, unit)] as const);
  const renew = (value = '') => times.reduce((text, [old, now]) => text.replaceAll(old, now), value);
  const headers = Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name, renew(value)]));
  const isTimed = Object.entries(headers).some(([name, value]) => value !== signed.headers[name]);
  if (!isTimed) throw new CommandError('This sender signs no time: --tamper body and --tamper signature are left.');
  return { ...signed, headers };
}

function withLastByteChanged(body: Uint8Array): Buffer {
  const changed = body.length === 0 ? Buffer.from(' ') : Buffer.from(body);
  const last = changed.length - 1;
  changed[last] = (changed[last] ?? 0) ^ 1;
  return changed;
}
