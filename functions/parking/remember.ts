import type { ParkedEvent } from '../contract/parked.ts';
import { type Delivered, eventKey, type Once } from '../state/once.ts';
import type { ParkKey } from './services.ts';

/**
 * Remembers an event as done without a delivery: from now on every repeat of it is skipped. Answers as what it is
 * remembered, which is something else where it was done before; undefined where it is being delivered right now.
 */
export async function remember(
  { flow, subject, eventId }: ParkKey & Pick<ParkedEvent, 'eventId'>,
  as: Delivered,
  once: Once,
): Promise<Delivered | undefined> {
  const result = await once(eventKey(flow, eventId, subject), async () => as);
  return result.kind === 'in-progress' ? undefined : result.delivered;
}
