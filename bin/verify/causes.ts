import type { SignatureScheme } from '../../functions/contract/signature-scheme.ts';
import { missingHeaders, type Question, signsUrl, type Verdict } from './check-request.ts';
import { bodyVariants, secretVariants, urlVariants } from './variants.ts';

/**
 * Why a request was refused, the likeliest first, each with what to do. What can be tried is tried: a cause that begins
 * with "Proven" is one with which the signature is right. None quotes a secret or a body.
 */
export function likelyCauses(question: Question, verdict: Verdict, others: readonly SignatureScheme[]): string[] {
  const { reason, signedMs } = verdict;
  const atTime = { ...question, nowMs: signedMs ?? question.nowMs };
  const late = reason === 'timestamp-outside-window' ? [lateness(question, verdict)] : [];
  if (verdict.signedBy !== undefined) return late;
  const isSigned = (changes: Partial<Question>) => {
    const { scheme, request, secrets, nowMs } = { ...atTime, ...changes };
    return scheme.verify(request, secrets, nowMs).valid;
  };
  const proven = [
    ...changedBody(atTime, isSigned),
    ...changedSecret(atTime, isSigned),
    ...changedUrl(atTime, isSigned),
  ];
  const other = otherScheme(atTime, others);
  const proof = [...proven, ...other].slice(0, 1);
  return [...late, ...(proof.length > 0 ? proof : guesses(atTime, verdict, others))];
}

type IsSigned = (changes: Partial<Question>) => boolean;

function lateness({ scheme, nowMs }: Question, { signedMs = nowMs, signedBy }: Verdict): string {
  const seconds = Math.round(Math.abs(nowMs - signedMs) / 1000);
  const which = nowMs > signedMs ? 'before' : 'after';
  const right = signedBy === undefined ? '' : 'The signature itself is right. ';
  return (
    `${right}It was signed ${seconds} s ${which} the time that it was verified at, and ${scheme.name} allows ` +
    `${scheme.toleranceSeconds} s. Of a request that was kept, give the time of its arrival: --at ${Math.floor(signedMs / 1000)}. ` +
    `Of one that came just now, a clock is off by ${seconds} s: the sender's or this one; or somebody replays it.`
  );
}

function changedBody({ request }: Question, isSigned: IsSigned): string[] {
  const found = bodyVariants(request.body).find(({ value }) => isSigned({ request: { ...request, body: value } }));
  if (found === undefined) return [];
  return [
    `Proven: the body is not the one that was signed. It was signed ${found.told}. Verify the very bytes that arrived, ` +
      'before anything parses, prints or saves them anew.',
  ];
}

function changedSecret({ secrets }: Question, isSigned: IsSigned): string[] {
  const variants = secrets.flatMap((secret, index) => secretVariants(secret).map((each) => ({ ...each, index })));
  const found = variants.find(({ value }) => isSigned({ secrets: [value] }));
  if (found === undefined) return [];
  const which = secrets.length === 1 ? 'the secret' : `secret ${found.index + 1}`;
  return [`Proven: ${which} fits ${found.told}. Mend the file, and what is stored for the receiver, too.`];
}

function changedUrl(question: Question, isSigned: IsSigned): string[] {
  if (!signsUrl(question)) return [];
  const { request } = question;
  const found = urlVariants(request).find((url) => isSigned({ request: { ...request, url } }));
  if (found === undefined) return [];
  return [
    `Proven: the sender signed another URL, ${found}. Behind a proxy or a domain of your own, give the one that is ` +
      "registered at the sender: --url here, publicUrl in the source's scheme.",
  ];
}

function otherScheme({ scheme, request, secrets, nowMs }: Question, others: readonly SignatureScheme[]): string[] {
  const found = others.find(({ name, verify }) => name !== scheme.name && verify(request, secrets, nowMs).valid);
  return found === undefined ? [] : [`Proven: it is signed as ${found.name} does. Use --scheme ${found.name}.`];
}

function guesses(question: Question, { reason }: Verdict, others: readonly SignatureScheme[]): string[] {
  const { scheme, request } = question;
  if (reason === 'header-missing') return missing(question, others);
  if (reason === 'no-known-version' || reason === 'header-malformed') {
    return [
      'A header was changed on its way: cut off in a log, doubled by a proxy, re-encoded, or of another version. Copy it ' +
        `as it arrived: ${scheme.headers.filter((name) => request.headers[name]).join(', ')}.`,
    ];
  }
  if (reason === 'body-malformed') return ['The body is of another kind of webhook, or was changed on its way.'];
  if (reason === 'certificate-refused') {
    return ['The certificate header was changed, or the request is forged. Copy the headers as they arrived.'];
  }
  return signatureGuesses(question);
}

function missing({ scheme, request }: Question, others: readonly SignatureScheme[]): string[] {
  const is = (other: SignatureScheme) => other.headers.length > 0 && missingHeaders(other, request).length === 0;
  const known = others.filter((other) => other.name !== scheme.name && other.name !== 'hmac' && is(other));
  const like = Object.keys(request.headers).filter((name) => /sign|hmac|digest|sha256/.test(name));
  if (known.length > 0) return known.map(({ name }) => `These are the headers of ${name}. Use --scheme ${name}.`);
  const given = like.length === 0 ? 'No header that was given looks like a signature' : `There is ${like.join(', ')}`;
  return [
    `${given}. Give each header as it arrived: --header 'Name: value'. A proxy, a gateway's mapping or a log may have ` +
      'left it out; the sender may have no secret set, or be another one.',
  ];
}

function signatureGuesses(question: Question): string[] {
  const { scheme, secrets } = question;
  const flaws = secrets.flatMap((secret, index) => {
    const flaw = scheme.checkSecret(secret);
    const which = secrets.length === 1 ? 'The secret' : `Secret ${index + 1}`;
    return flaw === undefined
      ? []
      : [`${which} ${flaw}: it is of the wrong kind. ${scheme.name} wants ${scheme.secretForm}.`];
  });
  if (flaws.length === secrets.length) return flaws;
  return [
    ...flaws,
    `The secret is another one: of another endpoint, of test instead of live mode, or from before it was replaced. It is ` +
      `${scheme.secretForm}.`,
    'Or the body is not, byte for byte, what arrived: parsed and written anew, cut off, or in another encoding. The usual ' +
      'ways in which that happens were tried, and none fits.',
    ...(signsUrl(question)
      ? [
          `Or the URL is not the one that the sender called. ${scheme.name} signs it, to the letter, as it is registered there.`,
        ]
      : []),
  ];
}
