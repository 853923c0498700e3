import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmac } from '../../../functions/signatures/hmac.ts';
import { type SchemeCase, schemeCases, validSample } from './scheme-cases.ts';

const runs = 3000;

describe.each(schemeCases)('$title', (one) => {
  test('never throws and never passes, whatever headers and body say', () => {
    const request = fc.record({ headers: anyHeaders(one), body: fc.uint8Array({ maxLength: 200 }) });
    const { secret, nowMs } = validSample(one);

    const property = fc.property(
      request,
      fc.array(fc.string(), { maxLength: 3 }),
      (sent, others) => !one.scheme.verify(sent, [secret, ...others], nowMs).valid,
    );

    fc.assert(property, { numRuns: runs });
  });

  test('passes every body that its sender signed', () => {
    const { secret, seconds, nowMs } = validSample(one);

    const property = fc.property(fc.uint8Array({ maxLength: 500 }), (body) => {
      const headers = one.headers(one.sign(body, secret, seconds), seconds);
      return one.scheme.verify({ headers, body }, [secret], nowMs).valid;
    });

    fc.assert(property, { numRuns: 500 });
  });

  test('never throws for a clock that is out of its mind', () => {
    const { headers, body, secret } = validSample(one);

    const property = fc.property(fc.double(), (nowMs) => {
      one.scheme.verify({ headers, body }, [secret], nowMs);
    });

    fc.assert(property, { numRuns: 500 });
  });
});

describe('hmac', () => {
  test('refuses to be made without the body in what is signed', () => {
    const make = () => hmac({ header: 'x-signature', signedContent: '{timestamp}', timestampHeader: 'x-time' });

    expect(make).toThrow('hmac.signedContent lacks {body}');
  });

  test.each([
    { title: 'a time header that is not signed', options: { timestampHeader: 'x-time' } },
    { title: 'a signed time that no header carries', options: { signedContent: '{timestamp}.{body}' } },
  ])('refuses to be made with $title', ({ options }) => {
    const make = () => hmac({ header: 'x-signature', ...options });

    expect(make).toThrow('exactly when hmac.timestampHeader is set');
  });
});

describe('the source of the schemes', () => {
  const folder = join(import.meta.dirname, '../../../functions/signatures');
  const sources = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  const computing = sources.filter(({ text }) => text.includes('createHmac('));

  test.each(computing)('$name compares signatures in constant time', ({ text }) => {
    const leaky = leakyComparisons(text);

    expect(text).toMatch(/\b(anyEqual|constantTimeEqual)\(/);
    expect(leaky).toEqual([]);
  });

  test.each([
    'if (header === expected) return true;',
    'return signatures.some((signature) => signature == digest);',
    'return expected.includes(header);',
    "const valid = createHmac('sha256', secret).update(body).digest('hex') === header;",
    'return Buffer.compare(expected, given) === 0;',
    'return expected.equals(given);',
  ])('a scheme with `%s` would be caught', (line) => {
    const leaky = leakyComparisons(line);

    expect(leaky).toEqual([line]);
  });

  test('at least two schemes compute signatures', () => {
    const names = computing.map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(['hmac.ts', 'stripe.ts']));
  });
});

/** Lines that compare something computed, or look for it, by an operator that stops at the first difference. */
function leakyComparisons(source: string): string[] {
  const computed = /\b(expected|digest|signature|computed)\b(?!s?\.length)/;
  const comparison = /[=!]==?(?!>)|\.(includes|indexOf|equals|localeCompare|startsWith|find)\(|Buffer\.compare\(/;
  const code = source.split('\n').filter((line) => !/^\s*(\/\/|\/?\*)/.test(line));
  return code.filter((line) => comparison.test(line.replaceAll('=>', '')) && computed.test(line));
}

/** Headers of any kind: some with the names and the forms that the scheme looks for. */
function anyHeaders(one: SchemeCase) {
  const { headers, seconds } = validSample(one);
  const unit = fc.constantFrom('t=', 'v1=', 'sha256=', ',', '=', `${seconds}`, '0', 'ff', 'é', '\0', ' ', '😀');
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit, maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
  );
  const known = fc.record(Object.fromEntries(Object.keys(headers).map((name) => [name, value])), { requiredKeys: [] });
  return fc.oneof(known, fc.dictionary(fc.string(), value));
}
