import type { ListedEvent, ParkedMessage, ParkList } from '../../../../functions/contract/parked.ts';
import type { DiscardServices } from '../../../../functions/parking/discard.ts';
import { createOnce } from '../../../../functions/state/once.ts';
import { createParkLists } from '../../../../functions/state/park-lists.ts';
import { ownClock } from '../../deliver-event/support/clock.ts';
import { MemoryLargeData } from '../../deliver-event/support/large-data.ts';
import { MemoryParkedStore } from '../../deliver-event/support/parked-store.ts';
import { MemoryPersistence, MemoryTable } from '../../deliver-event/support/state-table.ts';
import { KeptTelemetry } from '../../deliver-event/support/telemetry.ts';
import { aLetter, aParkedEvent } from './parked-events.ts';

export const flow = 'people-to-payers';
export const subject = 'p1';
export const key = { flow, subject };

/** Parked events of p1 and their list, and what was sent back into the queue: `<event id>@<generation>`. */
export function aParking() {
  const clock = ownClock();
  const table = new MemoryTable();
  const store = new MemoryParkedStore();
  const largeData = new MemoryLargeData();
  const telemetry = new KeptTelemetry();
  const lists = createParkLists(table, 'test');
  const sent: string[] = [];
  const onceOf = createOnce(new MemoryPersistence(table), { integration: 'test', flow });
  const once = onceOf(() => 30_000);
  const services: DiscardServices = {
    store,
    lists,
    largeData,
    releases: {
      release: async ({ eventId, generation }) => void sent.push(`${eventId}@${generation}`),
    },
    telemetry,
    now: clock.now,
    once: () => once,
  };

  /** Events with these statuses, in the table and in the list. */
  async function given(events: Record<string, ParkedMessage['status']>, list: Partial<ParkList> = {}) {
    for (const [eventId, status] of Object.entries(events)) {
      await store.add(aParkedEvent({ eventId, status, parkedMs: clock.now() }));
    }
    await listed(Object.keys(events), list);
  }

  async function listed(eventIds: readonly string[], list: Partial<ParkList> = {}) {
    const seen = await lists.read(flow, subject);
    const entries = eventIds.map(
      (eventId): ListedEvent => ({ eventId, generation: 1, letter: aLetter, superseded: false }),
    );
    await lists.replace(flow, subject, seen, { events: entries, halts: true, due: false, ...list });
  }

  const statuses = () => Object.fromEntries(store.all().map(({ eventId, status }) => [eventId, status]));
  const list = async () => {
    const { events, due } = await lists.read(flow, subject);
    return { ids: events.map(({ eventId }) => eventId), due };
  };
  return { clock, table, store, largeData, telemetry, lists, sent, once, services, given, listed, statuses, list };
}

/** Lets something happen just before the first call of a step. */
export function racing<Call extends { readonly step: string }>(
  on: { readonly before: ((call: Call) => void | Promise<void>)[] },
  step: Call['step'],
  happens: () => Promise<unknown>,
  times = 1,
): void {
  let left = times;
  on.before.push(async (call) => {
    if (call.step !== step || left <= 0) return;
    left -= 1;
    await happens();
  });
}
