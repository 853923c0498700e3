import { describe, expect, it } from 'vitest';
import { deadLetterQueueName, functionName, queueName, shorten } from '../../lib/naming.ts';

const long = 'a-flow-whose-name-is-as-long-as-it-may-be';

describe('names', () => {
  it('stay as they are while AWS takes them', () => {
    expect(functionName('dev', 'shop-ledger', 'receive-webhook-shop')).toBe(
      'millrace-dev-shop-ledger-receive-webhook-shop',
    );
  });

  it('fit AWS, however long they would be', () => {
    expect(functionName('dev', long, `deliver-event-${long}`)).toMatch(/^millrace-dev-.{1,50}$/);
    expect(queueName('dev', long, long)).toMatch(/^millrace-dev-.{1,62}\.fifo$/);
    expect(deadLetterQueueName('dev', long, long)).toMatch(/^.{1,62}-dead-letters\.fifo$/);
  });

  it('of two long things differ where the things do', () => {
    expect(shorten(`${long}-a`, 20)).not.toBe(shorten(`${long}-b`, 20));
  });

  it('never end in a doubled hyphen where they are cut', () => {
    expect(shorten('abc-defghijklmnop', 13)).toMatch(/^abc-[0-9a-f]{8}$/);
  });
});
