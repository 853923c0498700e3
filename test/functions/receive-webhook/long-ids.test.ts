import { describe, expect, test } from 'vitest';
import { createReceiver } from './receiver.ts';
import { customerEvent, fromStripe } from './samples.ts';

describe('an event whose ids are longer than anything could keep', () => {
  test('is no event, where that is its own', async () => {
    const receiver = createReceiver();

    const answer = await receiver.post(fromStripe(customerEvent({ id: `evt_${'x'.repeat(1_000)}` })));

    expect(answer.statusCode).toBe(400);
    expect(receiver.queued).toEqual([]);
    expect(receiver.lines.at(-1)?.fields).toMatchObject({ reason: 'an id of more than 1000 bytes' });
  });

  test('is queued to be parked, under its own id, where that is the key', async () => {
    const receiver = createReceiver();
    const event = customerEvent({}, { id: `cus_${'ü'.repeat(600)}` });

    const answer = await receiver.post(fromStripe(event));

    expect(answer.statusCode).toBe(202);
    const [{ message }] = receiver.queued as [(typeof receiver.queued)[number]];
    expect(message.subject).toBe(message.id);
    expect(message.invalidreason).toBe('invalid event: its key has more than 1000 bytes');
  });
});
