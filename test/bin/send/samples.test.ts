import { expect, it } from 'vitest';
import { fillSample, namesRecord } from '../../../bin/send/samples.ts';

it.each([
  ['its body', { headers: {}, body: { data: { id: '{{record}}' } } }, true],
  ['a header', { headers: { 'x-record': '{{record}}' }, body: {} }, true],
  ['nothing of it', { headers: {}, body: { id: '{{id}}' } }, false],
])('depends on a record where %s names it', (_what, sample, expected) => {
  expect(namesRecord(sample)).toBe(expected);
});

it('is about the record that is given', () => {
  const { body } = fillSample({ headers: {}, body: { id: '{{record}}', at: '{{unix}}' } }, 1_763_650_000_900, 'ord_7');

  expect(String(body)).toBe('{"id":"ord_7","at":1763650000}');
});
