import { contended, whileContended } from '../engine/contended.ts';
import { dueOf, withoutSettled } from '../engine/park-list.ts';
import { release } from './release.ts';
import { listName, type ParkingServices, type ParkKey } from './services.ts';

/**
 * Takes settled events off their key's list. Where the list halts its key, the next one is due then, and released; one
 * that is not in the parked table yet is released by `park-dead-letter`, as soon as it comes. It may be repeated: what is
 * due is released again.
 * @throws {ContendedError} where the list changed again and again, and where AWS could not be had: do it again.
 */
export async function leave(
  { flow, subject }: ParkKey,
  eventIds: readonly string[],
  services: ParkingServices,
): Promise<void> {
  const settled = [...eventIds];
  for (;;) {
    const left = await whileContended(listName({ flow, subject }), async () => {
      const list = await services.lists.read(flow, subject);
      const next = withoutSettled(list, settled);
      return next === undefined ? list : ((await services.lists.replace(flow, subject, list, next)) ?? contended);
    });
    const due = dueOf(left);
    if (due === undefined || (await release({ flow, eventId: due.eventId }, services)) !== 'not-parked') return;
    // It was settled, too, and must not stand before the others for ever.
    settled.push(due.eventId);
  }
}
