import type { DeadLetter } from '../../../../functions/contract/delivery.ts';
import type { ParkedMessage } from '../../../../functions/contract/parked.ts';

export const aLetter: DeadLetter = {
  reason: 'permanent failure at fake.write',
  category: 'permanent',
  attempts: 0,
  lastErrorCode: 'INVALID_FIELD',
  correlationId: 'corr-1',
  firstSeen: '2026-11-20T08:00:00.000Z',
};

/** A parked event as park-dead-letter stores it; name what matters. */
export function aParkedEvent(differs: Partial<ParkedMessage> = {}): ParkedMessage {
  return {
    flow: 'people-to-payers',
    eventId: 'evt_1',
    subject: 'p1',
    eventType: 'person.updated',
    groupId: 'g1',
    generation: 1,
    status: 'parked',
    letter: aLetter,
    parkedMs: Date.parse('2026-11-20T08:00:00.000Z'),
    settledMs: undefined,
    note: undefined,
    body: '{}',
    ...differs,
  };
}
