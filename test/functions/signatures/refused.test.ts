import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { liveSecrets } from '../../../functions/receive-webhook/live-secrets.ts';
import { type Headers, type SchemeCase, schemeCases, validSample } from './scheme-cases.ts';

/** Every way to break one thing of a valid request: the whole pack runs for every scheme. */
describe.each(schemeCases)('$title refuses', (one) => {
  const requiredHeaders = one.scheme.headers.map((name) => ({ name }));

  test('nothing of the sample that the others break', () => {
    const { body, headers, secret, nowMs } = validSample(one);

    const verification = one.scheme.verify({ headers, body }, [secret], nowMs);

    expect(verification).toEqual({ valid: true });
  });

  test.each(requiredHeaders)('$name missing', ({ name }) => {
    const headers = { ...validSample(one).headers };
    delete headers[name];

    const verification = verifySample(one, { headers });

    expect(verification).toEqual({ valid: false, reason: 'header-missing' });
  });

  test.each(requiredHeaders)('$name empty', ({ name }) => {
    const headers = { ...validSample(one).headers, [name]: '' };

    const verification = verifySample(one, { headers });

    expect(verification).toEqual({ valid: false, reason: 'header-missing' });
  });

  test.each(requiredHeaders.flatMap(({ name }) => [',', ', '].map((joint) => ({ name, joint }))))(
    '$name doubled, joined by "$joint"',
    ({ name, joint }) => {
      const { headers } = validSample(one);

      const verification = verifySample(one, {
        headers: { ...headers, [name]: `${headers[name]}${joint}${headers[name]}` },
      });

      expect(verification.valid).toBe(false);
    },
  );

  test.each(requiredHeaders)('$name doubled, the other one forged, in either order', ({ name }) => {
    const { headers, body, seconds } = validSample(one);
    const forged = one.headers(one.sign(body, 'wrong', seconds + 1), seconds + 1);
    const doubled = [`${headers[name]},${forged[name]}`, `${forged[name]},${headers[name]}`];

    const verifications = doubled.map((value) => verifySample(one, { headers: { ...headers, [name]: value } }));

    expect(verifications.filter(({ valid }) => valid)).toEqual([]);
  });

  test.each(requiredHeaders)('$name truncated, at whatever length', ({ name }) => {
    const { headers } = validSample(one);
    const lengths = Array.from(headers[name]!, (_, length) => length);

    const accepted = lengths.filter(
      (length) => verifySample(one, { headers: { ...headers, [name]: headers[name]!.slice(0, length) } }).valid,
    );

    expect(accepted).toEqual([]);
  });

  test('a signature in another encoding', () => {
    const { signature, seconds } = validSample(one);
    const spellings = one.respell(signature).filter((spelling) => spelling !== signature);

    const accepted = spellings.filter(
      (spelling) => verifySample(one, { headers: one.headers(spelling, seconds) }).valid,
    );

    expect(spellings.length).toBeGreaterThanOrEqual(3);
    expect(accepted).toEqual([]);
  });

  test('any one bit changed in the body', () => {
    const { body } = validSample(one);
    const bodies = Array.from({ length: body.length * 8 }, (_, bit) => flipBit(body, bit));

    const accepted = bodies.filter((changed) => verifySample(one, { body: changed }).valid);

    expect(accepted).toEqual([]);
  });

  test('any one bit changed in the encoded signature', () => {
    const { signature, seconds } = validSample(one);
    const bytes = Buffer.from(signature, 'latin1');
    const changed = Array.from({ length: bytes.length * 8 }, (_, bit) => flipBit(bytes, bit).toString('latin1'));

    const accepted = changed.filter((text) => verifySample(one, { headers: one.headers(text, seconds) }).valid);

    expect(accepted).toEqual([]);
  });

  test('a body shorter or longer by one byte', () => {
    const { body } = validSample(one);
    const bodies = [body.subarray(1), body.subarray(0, -1), Buffer.concat([body, Buffer.from('\n')]), Buffer.alloc(0)];

    const accepted = bodies.filter((changed) => verifySample(one, { body: changed }).valid);

    expect(accepted).toEqual([]);
  });

  test('a wrong secret, an empty one, and none at all', () => {
    const { secret } = validSample(one);
    const wrong = [[`${secret} `], [secret.toUpperCase()], [secret.slice(0, -1)], [''], []];

    const verifications = wrong.map((secrets) => verifySample(one, {}, { secrets }));

    expect(verifications).toEqual(wrong.map(() => ({ valid: false, reason: 'signature-mismatch' })));
  });

  test('the secret before, from the moment its overlap ends', () => {
    const { secret, nowMs } = validSample(one);
    const text = JSON.stringify({
      current: 'whsec_new',
      previous: secret,
      previousValidUntil: new Date(nowMs).toISOString(),
    });

    const verification = verifySample(one, {}, { secrets: liveSecrets(text, nowMs) });

    expect(verification).toEqual({ valid: false, reason: 'signature-mismatch' });
  });
});

describe.each(schemeCases.filter(({ unknownVersion }) => unknownVersion))('$title refuses', (one) => {
  test('a version that nobody knows, alone', () => {
    const { signature, seconds } = validSample(one);
    const headers = one.unknownVersion!(signature, seconds);

    const verification = verifySample(one, { headers });

    expect(verification).toEqual({ valid: false, reason: 'no-known-version' });
  });
});

describe.each(schemeCases.filter(({ signsTime }) => signsTime))('$title, by its signed time, refuses', (one) => {
  test('any one bit changed in it', () => {
    const { signature, seconds } = validSample(one);
    const digits = Buffer.from(`${seconds}`, 'latin1');
    const changed = Array.from({ length: digits.length * 8 }, (_, bit) => flipBit(digits, bit).toString('latin1'));

    // The window is judged by the changed time itself: within it, only the signature can tell.
    const accepted = changed.filter((text) => {
      const nowMs = /^\d+$/.test(text) ? Number(text) * 1000 : seconds * 1000;
      return verifySample(one, { headers: one.headers(signature, text) }, { nowMs }).valid;
    });

    expect(accepted).toEqual([]);
  });

  test.each([
    { side: 'old', sign: 1 },
    { side: 'early', sign: -1 },
  ])('one second too $side, and takes it at the very edge', ({ sign }) => {
    const { nowMs } = validSample(one);
    const tolerance = one.scheme.toleranceSeconds;

    const edge = verifySample(one, {}, { nowMs: nowMs + sign * tolerance * 1000 });
    const beyond = verifySample(one, {}, { nowMs: nowMs + sign * (tolerance + 1) * 1000 });

    expect(edge).toEqual({ valid: true });
    expect(beyond).toEqual({ valid: false, reason: 'timestamp-outside-window' });
  });

  test.each([
    { spelling: (seconds: number) => `0x${seconds.toString(16)}`, title: 'in hex' },
    { spelling: (seconds: number) => `${seconds}.0`, title: 'with a fraction' },
    { spelling: (seconds: number) => `+${seconds}`, title: 'with a sign' },
    { spelling: (seconds: number) => ` ${seconds}`, title: 'after a blank' },
    { spelling: (seconds: number) => `${seconds}e0`, title: 'with an exponent' },
    { spelling: () => 'NaN', title: 'that is no number' },
    { spelling: (seconds: number) => new Date(seconds * 1000).toISOString(), title: 'as a date' },
  ])('a time $title, though it is signed so', ({ spelling }) => {
    const { seconds, secret, body } = validSample(one);
    const text = spelling(seconds);
    const signature = one.sign(body, secret, text as unknown as number);

    const verification = verifySample(one, { headers: one.headers(signature, text) });

    expect(verification).toEqual({ valid: false, reason: 'header-malformed' });
  });
});

/** Verifies the valid sample with what `changes` say changed. */
function verifySample(
  one: SchemeCase,
  changes: Partial<SignedRequest & { headers: Headers }>,
  receiver: { secrets?: string[]; nowMs?: number } = {},
) {
  const { headers, body, secret, nowMs } = validSample(one);
  return one.scheme.verify({ headers, body, ...changes }, receiver.secrets ?? [secret], receiver.nowMs ?? nowMs);
}

function flipBit(bytes: Uint8Array, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
}
