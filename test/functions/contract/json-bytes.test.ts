import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonBytes } from '../../../functions/contract/json-bytes.ts';

test('JSON is read from bytes, a byte order mark ignored', () => {
  const bytes = [Buffer.from('{"name":"Zoë 😀"}'), Buffer.from('\uFEFF{"name":"Zoë 😀"}')];

  const read = bytes.map(parseJsonBytes);

  expect(read).toEqual([{ name: 'Zoë 😀' }, { name: 'Zoë 😀' }]);
});

test('what is no JSON is undefined', () => {
  const bytes = ['', '{', "{'a':1}", 'undefined', '{} {}'].map((text) => Buffer.from(text));

  const read = bytes.map(parseJsonBytes);

  expect(read).toEqual(bytes.map(() => undefined));
});

test('no bytes make it throw', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    parseJsonBytes(bytes);
  });

  fc.assert(property, { numRuns: 2000 });
});
