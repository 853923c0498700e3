import { isSettled, type ParkedEvent, type ParkedStep, unsettledStatuses } from '../contract/parked.ts';
import type { ParkingServices } from './services.ts';

/** How often an event may change under our hands before the work is given up. */
const tries = 5;

/**
 * Moves an event to how it ended, in whatever generation it is unsettled: what was parked once more by a run beside this
 * one has ended, too. Comes last of all that settling takes: until then the event is there to be seen.
 * @throws {Error} where AWS could not be had, or the event changed again and again: do it again.
 */
export async function settleItem(
  { flow, eventId }: Pick<ParkedEvent, 'flow' | 'eventId'>,
  to: Pick<ParkedStep, 'to' | 'note'>,
  { store, now }: Pick<ParkingServices, 'store' | 'now'>,
): Promise<void> {
  for (let tried = 0; tried < tries; tried += 1) {
    const event = await store.look(flow, eventId);
    if (event === undefined || isSettled(event.status)) return;
    if (await store.move(event, { ...to, from: unsettledStatuses, atMs: now() })) return;
  }
  throw new Error(`The event ${eventId} changed ${tries} times meanwhile. Do it again.`);
}
