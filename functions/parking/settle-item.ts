import { isSettled, type ParkedEvent, type ParkedStep, unsettledStatuses } from '../contract/parked.ts';
import { contended, whileContended } from '../engine/contended.ts';
import type { ParkingServices } from './services.ts';

/**
 * Moves an event to how it ended, in whatever generation it is unsettled: what was parked once more by a run beside this
 * one has ended, too. Comes last of all that settling takes: until then the event is there to be seen.
 * @throws {ContendedError} where the event changed again and again, and where AWS could not be had: do it again.
 */
export async function settleItem(
  { flow, eventId }: Pick<ParkedEvent, 'flow' | 'eventId'>,
  to: Pick<ParkedStep, 'to' | 'note'>,
  { store, now }: Pick<ParkingServices, 'store' | 'now'>,
): Promise<void> {
  await whileContended(`The event ${eventId}`, async () => {
    const event = await store.look(flow, eventId);
    if (event === undefined || isSettled(event.status)) return undefined;
    const isMoved = await store.move(event, { ...to, from: unsettledStatuses, atMs: now() });
    return isMoved ? undefined : contended;
  });
}
