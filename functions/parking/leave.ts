import { dueOf, withoutSettled } from '../engine/park-list.ts';
import { release } from './release.ts';
import type { ParkingServices, ParkKey } from './services.ts';

/** How often a list may change under our hands before the work is given up. */
const tries = 5;

/**
 * Takes settled events off their key's list. Where the list halts its key, the next one is due then, and released; one
 * that is not in the parked table yet is released by `park-dead-letter`, as soon as it comes. It may be repeated: what is
 * due is released again.
 * @throws {Error} where AWS could not be had, or the list changed again and again: do it again.
 */
export async function leave(
  { flow, subject }: ParkKey,
  eventIds: readonly string[],
  services: ParkingServices,
): Promise<void> {
  const settled = [...eventIds];
  for (let tried = 0; tried < tries; ) {
    const list = await services.lists.read(flow, subject);
    const next = withoutSettled(list, settled);
    const left = next === undefined ? list : await services.lists.replace(flow, subject, list, next);
    if (left === undefined) {
      tried += 1;
      continue;
    }
    const due = dueOf(left);
    if (due === undefined || (await release({ flow, eventId: due.eventId }, services)) !== 'not-parked') return;
    // It was settled, too, and must not stand before the others for ever.
    settled.push(due.eventId);
  }
  throw new Error(`The park list of ${subject} in ${flow} changed ${tries} times meanwhile. Do it again.`);
}
