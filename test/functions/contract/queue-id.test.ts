import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { queueId } from '../../../functions/aws/queue-sender.ts';

const parts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 4 });

/** SQS refuses any other group or deduplication id: 1 to 128 of letters, digits and ASCII punctuation. */
describe('an id for SQS', () => {
  test('is taken by SQS, whatever the source calls its events', () => {
    const property = fc.property(parts, (ids) => /^[!-~]{1,128}$/.test(queueId(...ids)));

    fc.assert(property, { numRuns: 1000 });
  });

  test('is the same for the same parts, and for these alone', () => {
    const property = fc.property(
      parts,
      parts,
      (one, other) => (queueId(...one) === queueId(...other)) === (JSON.stringify(one) === JSON.stringify(other)),
    );

    fc.assert(property, { numRuns: 1000 });
  });

  test('does not run parts into one another', () => {
    const ids = [queueId('a', 'bc'), queueId('ab', 'c'), queueId('abc'), queueId('a', 'b', 'c'), queueId('a","bc')];

    expect(new Set(ids).size).toBe(ids.length);
  });
});
