import type { Rejection, SignedRequest } from '../../../../functions/contract/signature-scheme.ts';
import { liveSecrets } from '../../../../functions/contract/webhook-secret.ts';
import { type SchemeCase, sampleMs, signedSample, validSample } from './scheme-case.ts';

/** One request that must not pass, by the secrets that are live for it. */
export interface Trial {
  readonly request: SignedRequest;
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

/** One way of breaking a valid request. */
export interface Refusal {
  readonly title: string;
  readonly trials: readonly Trial[];
  /** Why all of them must be refused; undefined where that differs. */
  readonly reason?: Rejection;
}

/** Every way to break one thing of a valid request of the scheme. */
export function refusalsOf(one: SchemeCase): Refusal[] {
  const all = [headerRefusals, signatureRefusals, bodyRefusals, urlRefusals, secretRefusals, timeRefusals];
  return all.flatMap((refusals) => refusals(one)).filter(({ trials }) => trials.length > 0);
}

function headerRefusals(one: SchemeCase): Refusal[] {
  const { request } = validSample(one);
  const names = requiredHeaders(one);
  const textOf = (name: string) => request.headers[name]!;
  const withHeader = (name: string, value: string | undefined) =>
    trial(one, { headers: { ...request.headers, [name]: value } });
  const forged = { body: request.body as Buffer, time: one.time?.(sampleMs + 1000) ?? '' };
  const other = one.request(forged.body, one.respell(validSample(one).signature)[0]!, forged.time);
  return names.flatMap((name): Refusal[] => [
    { title: `${name} missing`, trials: [withHeader(name, undefined)], reason: 'header-missing' },
    { title: `${name} empty`, trials: [withHeader(name, '')], reason: 'header-missing' },
    {
      title: `${name} doubled`,
      trials: [',', ', '].map((joint) => withHeader(name, textOf(name) + joint + textOf(name))),
    },
    {
      title: `${name} doubled, the other one forged, in either order`,
      trials: [',', ', '].flatMap((joint) =>
        [
          [textOf(name), `${other.headers[name]}`],
          [`${other.headers[name]}`, textOf(name)],
        ].map((values) => withHeader(name, values.join(joint))),
      ),
    },
    {
      title: `${name} truncated, at whatever length`,
      trials: Array.from(textOf(name), (_, length) => withHeader(name, textOf(name).slice(0, length))),
    },
    {
      title: `${name} in other case`,
      trials: inOtherCase(textOf(name)).map((value) => withHeader(name, value)),
    },
  ]);
}

function signatureRefusals(one: SchemeCase): Refusal[] {
  const { body, signature, time } = validSample(one);
  const signed = (text: string): Trial => ({ ...trial(one), request: one.request(body, text, time) });
  const bits = flippedBits(Buffer.from(signature, 'latin1')).map((bytes) => bytes.toString('latin1'));
  const unknown = one.unknownVersion?.(signature, time);
  const { headers } = validSample(one).request;
  return [
    {
      title: 'a signature in another encoding',
      trials: one
        .respell(signature)
        .filter((spelling) => spelling !== signature)
        .map(signed),
    },
    { title: 'a signature in other case', trials: inOtherCase(signature).map(signed) },
    { title: 'any one bit changed in the encoded signature', trials: bits.map(signed) },
    {
      title: 'a signature truncated, at whatever length',
      trials: Array.from(signature, (_, length) => signed(signature.slice(0, length))),
    },
    {
      title: 'a version that nobody knows, alone',
      trials: unknown === undefined ? [] : [trial(one, { headers: { ...headers, ...unknown } })],
      reason: 'no-known-version',
    },
  ];
}

function bodyRefusals(one: SchemeCase): Refusal[] {
  const body = Buffer.from(validSample(one).request.body);
  const differs = (changed: Buffer) => !(one.sameMeaning?.(body, changed) ?? false);
  const others = [body.subarray(1), body.subarray(0, -1), Buffer.concat([body, Buffer.from('\n')]), Buffer.alloc(0)];
  const changed = (bodies: readonly Buffer[]) => bodies.filter(differs).map((each) => trial(one, { body: each }));
  return [
    { title: 'any one bit changed in what is signed of the body', trials: changed(flippedBits(body)) },
    { title: 'a body shorter or longer by one byte, or none', trials: changed(others) },
  ];
}

/** Of the schemes that sign URL or method; a public URL of our own stands for all but the query. */
function urlRefusals(one: SchemeCase): Refusal[] {
  const { url = '' } = validSample(one).request;
  const signs = one.signs ?? [];
  const others = [url.replace('hooks.', 'books.'), url.replace('https', 'http'), url.replace('/shop/', '/Shop/')];
  const wrong = [
    ...(signs.includes('url') ? others : []),
    ...(signs.includes('query') ? [`${url}&more=1`, url.replace('tenant=7', 'tenant=8')] : []),
  ];
  return [
    { title: 'another URL', trials: wrong.map((each) => trial(one, { url: each })) },
    {
      title: 'a URL that nobody knows',
      trials: signs.includes('url') ? [trial(one, { url: undefined })] : [],
      reason: 'url-missing',
    },
    { title: 'another method', trials: signs.includes('method') ? [trial(one, { method: 'PUT' })] : [] },
  ];
}

function secretRefusals(one: SchemeCase): Refusal[] {
  const { request, nowMs } = validSample(one);
  const { secret, otherSecret } = one;
  const wrong = one.wrongSecrets ?? [`${secret} `, secret.toUpperCase(), secret.slice(0, -1)];
  const by = (secrets: readonly string[]): Trial => ({ request, secrets, nowMs });
  const previousValidUntil = new Date(nowMs).toISOString();
  const past = liveSecrets(JSON.stringify({ current: otherSecret, previous: secret, previousValidUntil }), nowMs);
  return [
    { title: "another receiver's secret", trials: [by([otherSecret])], reason: 'signature-mismatch' },
    {
      title: 'a wrong secret, an empty one, and none at all',
      trials: [...wrong.filter((text) => text !== secret).map((text) => by([text])), by(['']), by([])],
      reason: 'signature-mismatch',
    },
    { title: 'the secret before, from the moment its overlap ends', trials: [by(past)], reason: 'signature-mismatch' },
    {
      title: 'what an empty secret signed, while it is empty',
      trials: one.key === undefined ? [{ ...signedBy(one, ''), secrets: [''] }] : [],
      reason: 'signature-mismatch',
    },
  ];
}

function timeRefusals(one: SchemeCase): Refusal[] {
  const { body, signature, time, nowMs } = validSample(one);
  const { toleranceSeconds } = one.scheme;
  // The window is judged by the changed time itself: within it, only the signature can tell.
  const judgedAt = (text: string) => (toleranceSeconds === 0 ? nowMs : (msOf(text) ?? nowMs));
  const bits = flippedBits(Buffer.from(time, 'latin1'))
    .map((bytes) => bytes.toString('latin1'))
    .map((text): Trial => ({ ...trial(one), request: one.request(body, signature, text), nowMs: judgedAt(text) }));
  const odd = one.malformedTimes?.(nowMs) ?? [];
  const beyond = [1, -1].map((side) => ({ ...trial(one), nowMs: nowMs + side * (toleranceSeconds + 1) * 1000 }));
  return [
    { title: 'any one bit changed in the signed time', trials: bits },
    {
      title: 'a time spelt otherwise, though it is signed so',
      trials: odd.map((text) => ({
        ...trial(one),
        request: one.request(body, one.sign({ body, key: one.key ?? one.secret, time: text }), text),
      })),
      reason: 'header-malformed',
    },
    {
      title: 'a second too old, and a second too early',
      trials: toleranceSeconds === 0 ? [] : beyond,
      reason: 'timestamp-outside-window',
    },
  ];
}

function msOf(time: string): number | undefined {
  const ms = /^\d{13}$/.test(time) ? Number(time) : /^\d{10}$/.test(time) ? Number(time) * 1000 : Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The valid sample with these changes. */
function trial(one: SchemeCase, changes: Partial<SignedRequest> = {}): Trial {
  const { request, nowMs } = validSample(one);
  return { request: { ...request, ...changes }, secrets: [one.secret], nowMs };
}

function signedBy(one: SchemeCase, key: string): Pick<Trial, 'request' | 'nowMs'> {
  const { body, time, nowMs } = signedSample(one, Buffer.from('{}'));
  return { request: one.request(body, one.sign({ body, key, time }), time), nowMs };
}

/** The scheme's own, under the names that this sender gives them. */
function requiredHeaders(one: SchemeCase): string[] {
  const { headers } = validSample(one).request;
  return Object.keys(headers).filter((name) => name !== 'content-type');
}

function inOtherCase(text: string): string[] {
  const swapped = text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  return [...new Set([text.toUpperCase(), text.toLowerCase(), swapped])].filter((each) => each !== text);
}

function flippedBits(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    return changed;
  });
}
