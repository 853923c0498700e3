import type { LargeData } from '../contract/large-data.ts';
import { isSettled, type ParkedEvent } from '../contract/parked.ts';
import type { Delivered, Once } from '../state/once.ts';
import { leave } from './leave.ts';
import { remember } from './remember.ts';
import type { ParkingServices } from './services.ts';
import { settleItem } from './settle-item.ts';
import { endOf } from './settle-released.ts';

export interface DiscardServices extends ParkingServices {
  /** Goes with the message. */
  readonly largeData: Pick<LargeData, 'remove'>;
  /** What a flow's events are remembered by: `createOnce` for the flow. */
  once(flow: string): Once;
}

/** `in-progress`: it is being delivered right now; look again in a minute. `delivered`: it has been, meanwhile. */
export type Discarded = 'discarded' | 'delivered' | 'absent' | 'not-parked' | 'in-progress';

const discarded: Delivered = { discarded: true };

/**
 * Gives a parked event up: it is remembered as done, so that no repeat of it is delivered, and what stands behind it is
 * released. The event itself is settled last: until then it is there to be seen, and to be discarded again. It may be
 * repeated, and must be, where it threw.
 */
export async function discard(
  { flow, eventId }: Pick<ParkedEvent, 'flow' | 'eventId'>,
  note: string,
  services: DiscardServices,
): Promise<Discarded> {
  const event = await services.store.look(flow, eventId);
  if (event === undefined) return 'absent';
  if (isSettled(event.status)) return 'not-parked';
  const { subject } = event;
  const known =
    subject === undefined ? discarded : await remember({ flow, subject, eventId }, discarded, services.once(flow));
  if (known === undefined) return 'in-progress';
  if (subject !== undefined) await leave({ flow, subject }, [eventId], services);
  await services.largeData.remove(flow, eventId);
  const to = endOf(known);
  await settleItem({ flow, eventId }, to === 'discarded' ? { to, note } : { to }, services);
  return to === 'superseded' ? 'not-parked' : to;
}
