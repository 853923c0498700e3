import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calledUrl, type SchemeCase, sampleMs, signedSample, validSample } from './support/scheme-case.ts';
import { schemeCases } from './support/scheme-cases.ts';

/** `npm run fuzz` asks for a hundred thousand. */
const runs = Number(process.env.FUZZ_RUNS ?? 2000);
const timeoutMs = Math.max(30_000, runs * 5);

describe.each(schemeCases)('$title', (one) => {
  test('never throws and never passes, whatever headers, body and URL say', { timeout: timeoutMs }, async () => {
    const property = fc.asyncProperty(
      anyRequest(one),
      fc.array(fc.string(), { maxLength: 3 }),
      async (sent, others) => {
        await one.scheme.prepare?.(sent, sampleMs);
        return !one.scheme.verify(sent, [one.secret, ...others], sampleMs).valid;
      },
    );

    await fc.assert(property, { numRuns: runs });
  });

  test('never throws, whatever the secrets are', { timeout: timeoutMs }, () => {
    const { request } = validSample(one);

    const property = fc.property(fc.array(anyText(one), { maxLength: 3 }), (secrets) => {
      for (const secret of secrets) one.scheme.checkSecret(secret);
      return !one.scheme.verify(request, secrets, sampleMs).valid;
    });

    fc.assert(property, { numRuns: Math.max(1000, runs / 10) });
  });

  test('passes every body that its sender signed, and none of another', { timeout: timeoutMs }, () => {
    const contents = one.textOnly ? fc.string().map((text) => Buffer.from(text)) : fc.uint8Array({ maxLength: 300 });

    const property = fc.property(contents, contents, (content, another) => {
      const [signed, other] = [signedSample(one, Buffer.from(content)), signedSample(one, Buffer.from(another))];
      const moved = one.request(signed.body, other.signature, other.time);
      const verify = (request: typeof moved) => one.scheme.verify(request, [one.secret], sampleMs).valid;
      // Where the sender signs no body, one of the same organisation is as good as another.
      const isSame = one.sameMeaning?.(signed.body, other.body) ?? signed.body.equals(other.body);
      return verify(signed.request) && verify(moved) === isSame;
    });

    fc.assert(property, { numRuns: 200 });
  });

  test('never throws for a clock that is out of its mind', () => {
    const { request } = validSample(one);

    const property = fc.property(fc.double(), (nowMs) => {
      one.scheme.verify(request, [one.secret], nowMs);
    });

    expect(() => fc.assert(property, { numRuns: 500 })).not.toThrow();
  });

  test('answers no handshake that nobody asked for, and throws for no body', () => {
    const property = fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      one.scheme.handshake?.({ headers: {}, body: Buffer.from(text) });
    });

    expect(() => fc.assert(property, { numRuns: 500 })).not.toThrow();
  });
});

/** Requests of any kind: some with the names and the forms that the scheme looks for. */
function anyRequest(one: SchemeCase) {
  const names = Object.keys(validSample(one).request.headers);
  const value = anyText(one);
  const known = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.oneof(value, fc.json()).map((text) => Buffer.from(text)),
    fc.json().map((json) => Buffer.from(`{"notificationItems":[{"NotificationRequestItem":${json}}]}`)),
  );
  return fc.record(
    {
      headers: fc.oneof(known, fc.dictionary(fc.string(), value)),
      body,
      method: fc.constantFrom('POST', 'PUT', ''),
      url: fc.oneof(
        fc.string(),
        fc.webUrl(),
        value.map((text) => `${calledUrl}&${text}`),
      ),
    },
    { requiredKeys: ['headers', 'body'] },
  );
}

/** Texts made of what a header, a secret or a query of the scheme is made of. */
function anyText(one: SchemeCase) {
  const { request, time, signature } = validSample(one);
  const given = Object.values(request.headers).map(String);
  const bits = [
    't=',
    'v1=',
    'v1,',
    'sha256=',
    'h1=',
    ';',
    ',',
    '=',
    ' ',
    '%',
    '&',
    'bodySHA256=',
    '0',
    'ff',
    'é',
    '\0',
    '😀',
  ];
  const parts = given.flatMap((text) => text.split(/([=,;])/)).filter((text) => text !== '');
  const unit = fc.constantFrom(...bits, ...parts, `${time}0`, 'whpk_', 'whsec_', 'AAAA');
  return (
    fc
      .oneof(
        fc.string(),
        fc.string({ unit, maxLength: 12 }),
        fc.constantFrom(...given),
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
        fc.base64String({ minLength: 44, maxLength: 88 }),
      )
      // The right signature with anything around it may be right.
      .map((text) => (text.includes(signature) ? text.replaceAll(signature, signature.slice(1)) : text))
      .filter((text) => !text.includes(one.secret))
  );
}
