import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../functions/signatures');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

describe('the source of the schemes', () => {
  const computing = sources.filter(
    ({ name, text }) => /\b(createHmac|createHash|keyedHashes|timingSafeEqual)\(/.test(text) && !isTool(name),
  );

  test.each(computing)('$name compares signatures in constant time', ({ text }) => {
    expect(text).toMatch(/\b(anyEqual|constantTimeEqual)\(/);
  });

  test.each(sources)('$name compares nothing that was computed or given as a signature by an operator', ({ text }) => {
    const leaky = leakyComparisons(text);

    expect(leaky).toEqual([]);
  });

  test.each([
    'return expected.some((text) => text === signature);',
    'if (given === expected[0]) return true;',
    'return signatures.some((signature) => signature == digest);',
    'return expected.includes(header);',
    'if (!given.endsWith(computed)) return false;',
    "const valid = createHmac('sha256', secret).update(body).digest('hex') === header;",
    "return keyedHashes('sha256', 'hex', secrets, [body]).includes(header);",
    'return Buffer.compare(expected, given) === 0;',
    'return expected.equals(given);',
    'return expected.localeCompare(given) === 0;',
  ])('a scheme with `%s` would be caught', (line) => {
    const leaky = leakyComparisons(line);

    expect(leaky).toEqual([line]);
  });

  test('is looked at where signatures are computed', () => {
    const names = computing.map(({ name }) => name);

    expect(names).toEqual(
      expect.arrayContaining(['adyen.ts', 'hmac.ts', 'hubspot.ts', 'parts/timed-pairs.ts', 'twilio.ts']),
    );
  });

  test('has one place that compares', () => {
    const places = sources.filter(({ text }) => text.includes('timingSafeEqual')).map(({ name }) => name);

    expect(places).toEqual(['parts/constant-time.ts']);
  });
});

/** What computes for the schemes, and compares nothing itself. */
function isTool(name: string): boolean {
  return name === 'parts/keyed-hash.ts' || name === 'parts/constant-time.ts';
}

/** Lines that compare something computed, or look for it, by an operator that stops at the first difference. */
function leakyComparisons(source: string): string[] {
  const computed = /\b(expected|digest|signature|computed|given|keyedHash|keyedHashes|createHmac)\b(?!s?\.length)/;
  const comparison = /[=!]==?(?!>)|\.(includes|indexOf|equals|localeCompare|endsWith|find)\(|Buffer\.compare\(/;
  const harmless = /(?:\?\.)?(?:typeof )?\w+ [!=]== (undefined|'string'|'')/g;
  const code = source.split('\n').filter((line) => !/^\s*(\/\/|\/?\*)/.test(line));
  return code.filter((line) => {
    const said = line
      .replaceAll(/'[^']*'\]?/g, (text) => (/^'(string)?'$/.test(text) ? text : "''"))
      .replaceAll('=>', '');
    return comparison.test(said.replaceAll(harmless, '')) && computed.test(said);
  });
}
