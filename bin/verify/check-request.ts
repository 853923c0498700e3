import type { Rejection, SignatureScheme, SignedRequest } from '../../functions/contract/signature-scheme.ts';
import { countOf, durationOf } from '../tables.ts';

/** What somebody wants to know: whether any of the secrets signed this request, as of `nowMs`. */
export interface Question {
  readonly scheme: SignatureScheme;
  readonly request: SignedRequest;
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

/** One thing that was looked at; `passed` is undefined where it did not come to that. */
export interface Check {
  readonly what: (typeof steps)[number];
  readonly passed: boolean | undefined;
  readonly told: string;
}

export interface Verdict {
  readonly checks: readonly Check[];
  /** Undefined: the request is valid. */
  readonly reason: Rejection | undefined;
  /** Which of the secrets signed it. */
  readonly signedBy: number | undefined;
  /** The time that was signed, in milliseconds, of a scheme that judges it. */
  readonly signedMs: number | undefined;
}

/** In the order in which a scheme looks. */
const steps = ['headers', 'form', 'time', 'url', 'certificate', 'signature'] as const;

const failedStep: Readonly<Record<Rejection, (typeof steps)[number]>> = {
  'header-missing': 'headers',
  'header-malformed': 'form',
  'no-known-version': 'form',
  'body-malformed': 'form',
  'timestamp-outside-window': 'time',
  'url-missing': 'url',
  'token-missing': 'url',
  'certificate-refused': 'certificate',
  'signature-mismatch': 'signature',
};

/** Verifies a request as a receiver does, and tells each thing that was looked at. No secret is in what it tells. */
export function checkRequest(question: Question): Verdict {
  const { scheme, request, secrets, nowMs } = question;
  const verification = scheme.verify(request, secrets, nowMs);
  const reason = verification.valid ? undefined : verification.reason;
  const signedMs = signedTime(question);
  const atTime = reason === 'timestamp-outside-window' && signedMs !== undefined ? signedMs : nowMs;
  const signedBy = secrets.findIndex((secret) => scheme.verify(request, [secret], atTime).valid);
  const failed = reason === undefined ? steps.length : steps.indexOf(failedStep[reason]);
  const checks = steps.flatMap((what, index): Check[] => {
    if (!isAsked(what, question, signedMs) && index !== failed) return [];
    // What is signed is known, too, of a request that came too late.
    const isKnown = index <= failed || (what === 'signature' && reason === 'timestamp-outside-window');
    const passed = !isKnown ? undefined : what === 'signature' ? signedBy >= 0 : index !== failed;
    return [{ what, passed, told: told(what, passed, question, signedMs, reason) }];
  });
  return { checks, reason, signedBy: signedBy < 0 ? undefined : signedBy, signedMs };
}

/** Whether the scheme looks at such a thing at all. */
function isAsked(what: Check['what'], question: Question, signedMs: number | undefined): boolean {
  if (what === 'time') return signedMs !== undefined;
  if (what === 'url') return signsUrl(question);
  return what === 'certificate' ? question.scheme.prepare !== undefined : what !== 'form';
}

/** A scheme that signs the URL refuses a request that has none, by that very reason. */
export function signsUrl({ scheme, request, secrets, nowMs }: Question): boolean {
  const { url: _, ...withoutUrl } = request;
  const verification = scheme.verify(withoutUrl, secrets, signedTime({ scheme, request, secrets, nowMs }) ?? nowMs);
  return !verification.valid && verification.reason === 'url-missing';
}

/** Headers that the scheme wants and that are not there, or empty. */
export function missingHeaders(scheme: SignatureScheme, { headers }: SignedRequest): string[] {
  return scheme.headers.filter((name) => !headers[name]);
}

/** That of the times in the headers at which the scheme would not refuse the request for its time. */
function signedTime({ scheme, request, secrets }: Question): number | undefined {
  if (scheme.toleranceSeconds === 0) return undefined;
  const texts = Object.values(request.headers).flatMap(
    (value) => value?.match(/(?<!\w)\d{13}(?!\w)|(?<!\w)\d{10}(?!\w)|\d{4}-\d\d-\d\dT[\d:.]+Z/g) ?? [],
  );
  const times = texts.map((text) => (/^\d+$/.test(text) ? Number(text.padEnd(13, '0')) : Date.parse(text)));
  return times.find((ms) => {
    if (Number.isNaN(ms)) return false;
    const before = [ms - 2 * scheme.toleranceSeconds * 1000, ms].map((at) => scheme.verify(request, secrets, at));
    const isOutside = before.map((at) => !at.valid && at.reason === 'timestamp-outside-window');
    return isOutside[0] === true && isOutside[1] === false;
  });
}

function told(
  what: Check['what'],
  passed: boolean | undefined,
  { scheme, request, secrets, nowMs }: Question,
  signedMs: number | undefined,
  reason: Rejection | undefined,
): string {
  if (passed === undefined) return 'not looked at';
  const missing = missingHeaders(scheme, request);
  switch (what) {
    case 'headers':
      if (passed) return scheme.headers.length === 0 ? 'none is needed' : 'all are there';
      return missing.length === 0 ? 'one is missing or empty' : `missing or empty: ${missing.join(', ')}`;
    case 'form':
      return formTold(reason);
    case 'time':
      return `signed ${distanceOf(nowMs - (signedMs ?? nowMs))}; ${scheme.toleranceSeconds} s are allowed, before or after`;
    case 'url':
      return passed ? `${request.url} is part of what is signed` : 'it is part of what is signed, and nobody gave it';
    case 'certificate':
      return passed
        ? "the sender's, and vouched for"
        : "not from the sender's hosts, not vouched for, or not the sender's";
    case 'signature': {
      const over = `these ${request.body.length.toLocaleString('en')} bytes`;
      return passed ? `by ${whichOf(secrets)} over ${over}` : `${noneOf(secrets)} over ${over}`;
    }
  }
}

function formTold(reason: Rejection | undefined): string {
  if (reason === 'no-known-version') return 'there is no signature of a version that is known';
  if (reason === 'body-malformed') return 'the body has not got the fields that are signed';
  return 'a header is not as the sender writes it: doubled, cut off, or encoded otherwise';
}

/** `1 h 5 min before` */
export function distanceOf(ms: number): string {
  if (Math.abs(ms) < 1000) return 'this very second';
  return ms > 0 ? `${durationOf(ms)} ago` : `${durationOf(-ms)} in the future`;
}

const whichOf = (secrets: readonly string[]) => (secrets.length === 1 ? 'the secret' : 'one of the secrets');
const noneOf = ({ length }: readonly string[]) =>
  length === 1 ? 'not by this secret' : `by none of ${countOf(length, 'secret')}`;
