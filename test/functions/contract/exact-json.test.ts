import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseExactJson } from '../../../functions/contract/exact-json.ts';

describe('an integer', () => {
  test('of any length keeps every digit: as a number where one can hold it, else as text', () => {
    const anInteger = fc.oneof(fc.bigInt(), fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }));
    fc.assert(
      fc.property(anInteger, (value) => {
        const parsed = parseExactJson(`{"commitNumber":${value}}`) as { commitNumber: number | string };

        expect(String(parsed.commitNumber)).toBe(String(value));
        expect(typeof parsed.commitNumber).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'string');
      }),
    );
  });

  it('is what stands in the text, and not what JSON.parse makes of it', () => {
    const text = '[1745500706683617281]';

    expect(parseExactJson(text)).toEqual(['1745500706683617281']);
    expect(JSON.parse(text)).toEqual([1745500706683617300]);
  });
});

it('leaves all other JSON as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const isExact = !/\d{16}/.test(text);

      if (isExact) expect(parseExactJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

it.each(['', '{', 'undefined', '{"a":01}'])('has nothing to say of %o, which is no JSON', (text) => {
  expect(parseExactJson(text)).toBeUndefined();
});
