import { describe, expect, it } from 'vitest';
import { ContendedError, contended, whileContended } from '../../../functions/engine/contended.ts';

describe('whileContended', () => {
  it.each([1, 5])('answers what attempt %s came to, which was the first that did not lose', async (winner) => {
    let attempts = 0;

    const result = await whileContended('The list', async () => {
      attempts += 1;
      return attempts === winner ? 'won' : contended;
    });

    expect([result, attempts]).toEqual(['won', winner]);
  });

  it('gives up after five that lost, and says what changed', async () => {
    let attempts = 0;
    const losing = async () => {
      attempts += 1;
      return contended;
    };

    const error = await whileContended('The list', losing).catch((thrown) => thrown);

    expect(error).toBeInstanceOf(ContendedError);
    expect(error.message).toBe('The list changed 5 times meanwhile. Do it again.');
    expect(attempts).toBe(5);
  });

  it('makes no attempt after one that failed', async () => {
    let attempts = 0;
    const failing = async () => {
      attempts += 1;
      throw new Error('no answer');
    };

    await expect(whileContended('The list', failing)).rejects.toThrow('no answer');
    expect(attempts).toBe(1);
  });
});
