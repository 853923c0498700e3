import type { ParkedEvent, ParkedStore } from '../contract/parked.ts';
import type { ParkRequestStore } from '../state/park-requests.ts';

/**
 * Asks delivery to park an event that fails or waits in its flow's queue, at its next receive and without a call.
 * Answers `parked` where it is parked already. An event that is delivered meanwhile is not parked.
 */
export async function askToPark(
  { flow, eventId }: Pick<ParkedEvent, 'flow' | 'eventId'>,
  reason: string,
  { store, requests }: { readonly store: Pick<ParkedStore, 'look'>; readonly requests: ParkRequestStore },
): Promise<'asked' | 'parked'> {
  const item = await store.look(flow, eventId);
  if (item?.status === 'parked' || item?.status === 'waiting') return 'parked';
  // What was settled starts anew: a repeat of it was never released.
  const generation = item?.status === 'releasing' ? item.generation : 0;
  await requests.write(flow, eventId, { reason, generation });
  return 'asked';
}
