import type { ParkList } from '../contract/parked.ts';
import { withoutSettled, withSuperseded } from '../engine/park-list.ts';
import type { Once } from '../state/once.ts';
import { remember } from './remember.ts';
import type { ParkingServices, ParkKey } from './services.ts';

/** How often a list may change under our hands before the work is given up. */
const tries = 5;

/**
 * Notes that a later state of the record was written than what was parked when that began (`seen`); `older`: those of it
 * that the state is later than. To be done before the delivery is remembered as done: whoever finds the notes finishes the
 * work.
 * @throws {Error} where AWS could not be had, or the list changed again and again: do it again.
 */
export async function noteSuperseded(
  { flow, subject }: ParkKey,
  seen: ParkList,
  { lists }: Pick<ParkingServices, 'lists'>,
  older: Pick<ParkList, 'events'> = seen,
): Promise<void> {
  let list = seen;
  for (let tried = 0; tried < tries; tried += 1) {
    const next = withSuperseded(list, older);
    if (next === undefined || (await lists.replace(flow, subject, list, next)) !== undefined) return;
    list = await lists.read(flow, subject);
  }
  throw changed(flow, subject);
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
  for (let tried = 0; tried < tries; tried += 1) {
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
    if (next === undefined || (await lists.replace(flow, subject, list, next)) !== undefined) return;
  }
  throw changed(flow, subject);
}

function changed(flow: string, subject: string): Error {
  return new Error(`The park list of ${subject} in ${flow} changed ${tries} times meanwhile. Do it again.`);
}
