import { describe, expect, it } from 'vitest';
import { unlistedCode } from '../../../functions/engine/park-list.ts';
import type { DeadLetterRecord } from '../../../functions/park-dead-letter/dead-letter.ts';
import { parkDeadLetters } from '../../../functions/park-dead-letter/park.ts';
import { aMessage } from '../deliver-event/support/factories.ts';
import { aLetter, aParkedEvent } from '../parking/support/parked-events.ts';
import { aParking, flow, racing, subject } from '../parking/support/parking.ts';

let records = 0;

/** A dead letter as it comes out of the flow's queue; name what matters. */
function aRecord(eventId: string, differs: Partial<DeadLetterRecord> = {}): DeadLetterRecord {
  records += 1;
  return {
    flow,
    messageId: `m${records}`,
    groupId: 'g1',
    sentMs: Date.now(),
    body: JSON.stringify(aMessage({ id: eventId, subject, receivedtime: '2026-11-20T07:00:00.000Z' })),
    sent: { letter: aLetter, generation: 1 },
    ...differs,
  };
}

const halted = { letter: { ...aLetter, category: 'halted' }, generation: 1 };

function aParker() {
  const world = aParking();
  const { telemetry, largeData } = world;
  const services = { ...world.services, telemetry, largeData };
  const park = (...batch: DeadLetterRecord[]) => parkDeadLetters(batch, services);
  return { ...world, park };
}

describe('a dead letter', () => {
  it('is stored with all that its release needs', async () => {
    const { park, listed, store, clock, telemetry } = aParker();
    await listed(['e1']);
    const record = aRecord('e1');

    const answer = await park(record);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(store.all()).toEqual([
      {
        flow,
        eventId: 'e1',
        subject,
        eventType: 'person.updated',
        groupId: 'g1',
        generation: 1,
        status: 'parked',
        letter: aLetter,
        parkedMs: clock.now(),
        settledMs: undefined,
        note: undefined,
        body: record.body,
      },
    ]);
    expect(telemetry.counts).toEqual(new Map([['DeadLetterParked', 1]]));
    expect(telemetry.lines).toMatchObject([{ message: 'event parked', eventId: 'e1', code: 'INVALID_FIELD' }]);
  });

  it('that only stands behind another one waits', async () => {
    const { park, listed, statuses } = aParker();
    await listed(['e0', 'e1']);

    await park(aRecord('e1', { sent: halted }));

    expect(statuses()).toEqual({ e1: 'waiting' });
  });

  it('is stored once, however often it comes, and again in the next generation', async () => {
    const { park, listed, store, telemetry } = aParker();
    await listed(['e1']);

    await park(aRecord('e1'), aRecord('e1'));
    await park(aRecord('e1', { sent: { letter: { ...aLetter, attempts: 7 }, generation: 2 } }), aRecord('e1'));

    expect(store.all()).toMatchObject([{ generation: 2, letter: { attempts: 7 } }]);
    expect(telemetry.counts.get('DeadLetterParked')).toBe(2);
  });

  it('of SQS itself has no reason and no place in a list: it is parked as it came', async () => {
    const { park, store } = aParker();
    const released = JSON.stringify(aMessage({ id: 'e1', subject, releasedgeneration: 2, correlationid: 'corr-9' }));

    await park(aRecord('e1', { sent: undefined, body: released }));

    expect(store.all()).toMatchObject([
      {
        eventId: 'e1',
        status: 'parked',
        generation: 3,
        letter: { reason: 'received too often', lastErrorCode: 'received-too-often', correlationId: 'corr-9' },
      },
    ]);
  });

  it.each(['hello', '{"id":"e1"}', ''])(
    'that is no message of ours is kept by the id of the message: %j',
    async (body) => {
      const { park, store } = aParker();
      const record = aRecord('e1', { body });

      await park(record);

      expect(store.all()).toMatchObject([{ eventId: record.messageId, subject: undefined, status: 'parked', body }]);
    },
  );

  it('that found no place in its full list is parked outside of it', async () => {
    const { park, statuses } = aParker();

    await park(aRecord('e1', { sent: { letter: { ...aLetter, lastErrorCode: unlistedCode }, generation: 1 } }));

    expect(statuses()).toEqual({ e1: 'parked' });
  });
});

describe('a dead letter whose event was seen to meanwhile', () => {
  it('is superseded where the list has it so, or no longer has it', async () => {
    const { park, lists, statuses } = aParker();
    const flagged = { eventId: 'e1', generation: 1, letter: aLetter, superseded: true };
    await lists.replace(flow, subject, await lists.read(flow, subject), {
      events: [flagged],
      halts: false,
      due: false,
    });

    await park(aRecord('e1'), aRecord('e2'));

    expect(statuses()).toEqual({ e1: 'superseded', e2: 'superseded' });
  });

  it('is superseded, whoever comes first: the note, or the event into the table', async () => {
    const { park, listed, lists, table, statuses } = aParker();
    await listed(['e1'], { halts: false });
    racing(table, 'get', async () => {
      const seen = await lists.read(flow, subject);
      await lists.replace(flow, subject, seen, { events: [], halts: false, due: false });
    });

    await park(aRecord('e1'));

    expect(statuses()).toEqual({ e1: 'superseded' });
  });

  it('is released where it is due: what stood before it is settled', async () => {
    const { park, listed, statuses, sent } = aParker();
    await listed(['e1', 'e2'], { due: true });

    await park(aRecord('e1', { sent: halted }), aRecord('e2', { sent: halted }));

    expect(sent).toEqual(['e1@1']);
    expect(statuses()).toEqual({ e1: 'releasing', e2: 'waiting' });
  });

  it('is released also where it was stored before, and that was not told', async () => {
    const { park, listed, store, sent } = aParker();
    await listed(['e1'], { due: true });
    store.after.push(({ step }) => {
      if (step === 'add') throw new Error('answer lost');
    });
    const first = await park(aRecord('e1', { sent: halted }));
    store.after.pop();

    await park(aRecord('e1', { sent: halted }));

    expect(first.batchItemFailures).toHaveLength(1);
    expect(sent).toEqual(['e1@1']);
  });

  it.each(['discarded', 'erased'] as const)(
    'changes nothing where it is %s, and is taken off the list that it joined too late',
    async (status) => {
      const { park, listed, store, list, statuses, sent } = aParker();
      await store.add(aParkedEvent({ eventId: 'e1', status }));
      await store.add(aParkedEvent({ eventId: 'e2', status: 'waiting' }));
      await listed(['e1', 'e2']);

      await park(aRecord('e1', { sent: { letter: aLetter, generation: 2 } }));

      expect(statuses()).toEqual({ e1: status, e2: 'releasing' });
      expect(await list()).toEqual({ ids: ['e2'], due: true });
      expect(sent).toEqual(['e2@1']);
    },
  );
});

describe('a batch of dead letters', () => {
  it('is parked group by group: the first that fails stops its group only, and comes back with what follows it', async () => {
    const { park, store, statuses, telemetry } = aParker();
    store.before.push(({ eventId }) => {
      if (eventId === 'a2') throw new Error('throttled');
    });
    const unlisted = { sent: undefined } as const;
    const batch = ['a1', 'b1', 'a2', 'a3', 'b2'].map((id) =>
      aRecord(id, { groupId: `g-${id.charAt(0)}`, ...unlisted }),
    );

    const answer = await park(...batch);

    expect(answer).toEqual({
      batchItemFailures: [batch[2], batch[3]].map((record) => ({ itemIdentifier: record?.messageId })),
    });
    expect(Object.keys(statuses()).toSorted()).toEqual(['a1', 'b1', 'b2']);
    expect(telemetry.lines.find(({ level }) => level === 'warn')).toMatchObject({
      message: 'dead letter not parked',
      flow,
    });
  });
});
