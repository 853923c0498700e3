import type { DiscardServices } from './discard.ts';
import { leave } from './leave.ts';
import { remember } from './remember.ts';
import type { ParkKey } from './services.ts';

/** How many events were erased, and how many were not, since they are being delivered right now: run it again. */
export interface Erased {
  readonly erased: number;
  readonly inProgress: number;
}

/**
 * Erases what is parked of one entity key, settled events and those on their way into the table included: of each stays
 * only that it was there, and no repeat of it is delivered. The list is emptied last: one that is not in the table yet is
 * known by its place there. It may be repeated, and must be, where it threw.
 */
export async function erase({ flow, subject }: ParkKey, services: DiscardServices): Promise<Erased> {
  const { events } = await services.lists.read(flow, subject);
  const kept = await services.store.ofKey(flow, subject);
  const eventIds = [...new Set([...events, ...kept].map(({ eventId }) => eventId))];
  const once = services.once(flow);
  const done: string[] = [];
  for (const eventId of eventIds) {
    const known = await remember({ flow, subject, eventId }, { discarded: true }, once);
    if (known !== undefined) done.push(eventId);
  }
  for (const eventId of done) {
    // Before it is erased: then nobody knows its key any more.
    await services.largeData.remove(flow, eventId);
    await services.store.erase(flow, eventId);
  }
  await leave({ flow, subject }, done, services);
  return { erased: done.length, inProgress: eventIds.length - done.length };
}
