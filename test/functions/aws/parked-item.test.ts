import { expect, it } from 'vitest';
import { toAttributes, toParkedMessage } from '../../../functions/aws/parked-item.ts';
import { aParkedEvent } from '../parking/support/parked-events.ts';

const key = { pk: { S: 'shop/orders' }, sk: { S: 'evt_1' } };

it('a parked event comes back as it was stored, with what it has not', () => {
  const events = [
    aParkedEvent({ flow: 'orders' }),
    aParkedEvent({ flow: 'orders', dataBytes: 700_000 }),
    aParkedEvent({ flow: 'orders', subject: undefined, eventType: undefined, status: 'waiting', generation: 12 }),
  ];

  const back = events.map((event) => toParkedMessage('orders', { ...key, ...toAttributes(event, 'shop/orders') }));

  expect(back).toEqual(events);
});

it('an erased event is read as what it is: that it was there', () => {
  const left = { ...key, status: { S: 'erased' }, generation: { N: '3' }, settledMs: { N: '5' } };

  expect(toParkedMessage('orders', left)).toEqual({
    flow: 'orders',
    eventId: 'evt_1',
    subject: undefined,
    eventType: undefined,
    groupId: '',
    generation: 3,
    status: 'erased',
    letter: { reason: '', category: '', attempts: 0, lastErrorCode: '', correlationId: '', firstSeen: '' },
    parkedMs: 0,
    settledMs: 5,
    note: undefined,
    body: undefined,
  });
});

it('a status that a newer version made is refused, rather than taken for something', () => {
  const attributes = { ...key, ...toAttributes(aParkedEvent(), 'shop/orders'), status: { S: 'snoozed' } };

  expect(() => toParkedMessage('orders', attributes)).toThrow("status 'snoozed'. Deploy the newest version.");
});
