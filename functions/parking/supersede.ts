import type { ParkList } from '../contract/parked.ts';
import { contended, whileContended } from '../engine/contended.ts';
import { withoutSettled, withSuperseded } from '../engine/park-list.ts';
import type { Once } from '../state/once.ts';
import { remember } from './remember.ts';
import { listName, type ParkingServices, type ParkKey } from './services.ts';

/**
 * Notes that a later state of the record was written than what was parked when that began (`seen`); `older`: those of it
 * that the state is later than. To be done before the delivery is remembered as done: whoever finds the notes finishes the
 * work.
 * @throws {ContendedError} where the list changed again and again, and where AWS could not be had: do it again.
 */
export async function noteSuperseded(
  { flow, subject }: ParkKey,
  seen: ParkList,
  { lists }: Pick<ParkingServices, 'lists'>,
  older: Pick<ParkList, 'events'> = seen,
): Promise<void> {
  let list = seen;
  await whileContended(listName({ flow, subject }), async () => {
    const next = withSuperseded(list, older);
    if (next === undefined || (await lists.replace(flow, subject, list, next)) !== undefined) return undefined;
    list = await lists.read(flow, subject);
    return contended;
  });
}

/**
 * Finishes what was noted: remembers the events, so that no repeat of them is tried, marks them in the parked table, and
 * only then takes them off the list; one that is still on its way there is marked by `park-dead-letter`. It may be
 * repeated, and must be, where it threw.
 */
export async function finishSuperseded(
  key: ParkKey,
  { lists, store, now }: Pick<ParkingServices, 'lists' | 'store' | 'now'>,
  once: Once,
): Promise<void> {
  const { flow, subject } = key;
  await whileContended(listName({ flow, subject }), async () => {
    const list = await lists.read(flow, subject);
    const superseded = list.events.filter((entry) => entry.superseded);
    for (const { eventId, generation } of superseded) {
      // Where a lock was left behind it is not remembered: should a repeat of it fail, it is parked anew.
      await remember({ ...key, eventId }, { older: true }, once);
      // One that was released meanwhile is settled by its delivery.
      const step = { from: ['parked', 'waiting'], to: 'superseded', atMs: now() } as const;
      await store.move({ flow, eventId, generation }, step);
    }
    const ids = superseded.map(({ eventId }) => eventId);
    const next = withoutSettled(list, ids);
    return next === undefined || (await lists.replace(flow, subject, list, next)) !== undefined ? undefined : contended;
  });
}
