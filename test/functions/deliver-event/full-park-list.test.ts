import { expect, it } from 'vitest';
import type { ListedEvent } from '../../../functions/contract/parked.ts';
import { unlistedCode } from '../../../functions/engine/park-list.ts';
import { parkedPeople } from './support/parked-people.ts';

const [minuteMs, dayMs] = [60_000, 24 * 60 * 60 * 1000];

/** p1's key is halted by more parked events than its list has place for. */
async function aFullList() {
  const world = parkedPeople({ afterDeadLetter: 'halt-key', count: 2 });
  const events = Array.from({ length: 5_000 }, (_, index): ListedEvent => {
    return { eventId: `evt_1RtVbxJ2eZvKYlo2C${index}`, generation: 1, letter: undefined, superseded: false };
  });
  const seen = await world.lists.read('people-to-payers', 'p1');
  await world.lists.replace('people-to-payers', 'p1', seen, { events, halts: true, due: false });
  return world;
}

it('an event that finds no place in its key list waits in the queue, and holds up no other key', async () => {
  const { tell, poll, queue, deadLetters, written, handBacks, telemetry } = await aFullList();
  tell('e1');
  tell('f1', { subject: 'p2' });

  await poll();

  expect(written).toEqual(['f1']);
  expect(queue.messages.map(({ groupId }) => groupId)).toEqual(['p1']);
  expect(deadLetters.messages).toEqual([]);
  expect(handBacks).toMatchObject([{ waitSeconds: 60 }]);
  const told = telemetry.lines.find(({ message }) => message === 'unexpected error');
  expect(told?.cause).toMatchObject({ name: 'ParkListFullError' });
});

it('before its queue forgets it, it is parked outside of the list, for an operator to see', async () => {
  const { tell, poll, park, clock, queue, parked, listed } = await aFullList();
  tell('e1');
  await poll();
  clock.advance(12 * dayMs + minuteMs);

  await poll();
  await park();

  expect(queue.messages).toEqual([]);
  expect(parked.all()).toMatchObject([{ eventId: 'e1', status: 'parked', letter: { lastErrorCode: unlistedCode } }]);
  expect(await listed()).not.toContain('e1');
});
