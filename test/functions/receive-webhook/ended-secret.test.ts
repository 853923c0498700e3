import { describe, expect, test } from 'vitest';
import { createReceiver, secretOf } from './receiver.ts';
import { customerEvent, fromStripe, startMs, webhookSecret } from './samples.ts';

/** A receiver whose secret was replaced, and whose overlap ends just now. */
function afterOverlap(changes: object = {}) {
  const previousValidUntil = new Date(startMs).toISOString();
  const held = { current: 'whsec_new', previous: webhookSecret, previousValidUntil, ...changes };
  return createReceiver({ secret: secretOf(JSON.stringify(held)) });
}

describe('a secret past its overlap', () => {
  test('is refused, counted on its own, and logged with its own reason; the sender is told nothing of it', async () => {
    const receiver = afterOverlap();

    const ended = await receiver.post(fromStripe(customerEvent()));
    const forged = await receiver.post(fromStripe(customerEvent(), { secret: 'wrong' }));

    const told = ({ body, ...answer }: typeof ended) => ({
      ...answer,
      headers: { ...answer.headers, 'x-correlation-id': '' },
      body: { ...JSON.parse(body), correlationId: '' },
    });
    expect(ended.statusCode).toBe(401);
    expect(told(ended)).toEqual(told(forged));
    expect(receiver.counted.filter((metric) => /Rejected|Ended/.test(metric))).toEqual([
      'SignatureRejected',
      'EndedSecretUsed',
      'SignatureRejected',
    ]);
    expect(receiver.lines.map(({ fields }) => fields.reason)).toEqual(['secret-ended', 'signature-mismatch']);
  });

  test('whose overlap had no end is one, too', async () => {
    const receiver = afterOverlap({ previousValidUntil: undefined });

    const { statusCode } = await receiver.post(fromStripe(customerEvent()));

    expect([statusCode, receiver.counted.includes('EndedSecretUsed')]).toEqual([401, true]);
  });

  test('is none while it counts, nor the one in force', async () => {
    const receiver = afterOverlap({ previousValidUntil: new Date(startMs + 1).toISOString() });

    const answers = [
      await receiver.post(fromStripe(customerEvent())),
      await receiver.post(fromStripe(customerEvent(), { secret: 'whsec_new' })),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    expect(receiver.counted).not.toContain('EndedSecretUsed');
  });

  test('is not looked for where the signed time is outside the window: anybody may repeat what it once signed', async () => {
    const receiver = afterOverlap();

    await receiver.post(fromStripe(customerEvent(), { atMs: startMs - 3_600_000 }));

    expect(receiver.counted).not.toContain('EndedSecretUsed');
  });
});
