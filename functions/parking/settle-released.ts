import type { ParkedEvent } from '../contract/parked.ts';
import type { Delivered } from '../state/once.ts';
import { leave } from './leave.ts';
import type { ParkingServices, ParkKey } from './services.ts';
import { settleItem } from './settle-item.ts';

/**
 * Settles an event that was released and is done with: delivered, superseded where a later state was applied, or discarded
 * where an operator gave it up on its way. What waits behind it is released. It may be repeated, and must be, where it
 * threw.
 */
export async function settleReleased(
  { flow, subject, eventId }: ParkKey & Pick<ParkedEvent, 'eventId'>,
  delivered: Delivered,
  services: ParkingServices,
): Promise<void> {
  await leave({ flow, subject }, [eventId], services);
  await settleItem({ flow, eventId }, { to: endOf(delivered) }, services);
}

/** What an event that is done with has become. */
export function endOf(delivered: Delivered): 'delivered' | 'superseded' | 'discarded' {
  if ('older' in delivered) return 'superseded';
  return 'discarded' in delivered ? 'discarded' : 'delivered';
}
