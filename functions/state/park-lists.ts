import * as v from 'valibot';
import type { ParkList, ParkListStore } from '../contract/parked.ts';
import type { StateTable } from '../contract/state-table.ts';

/**
 * An emptied list is kept for so long, and never removed: whoever still holds an old state of it must not succeed over a
 * new one. One with events is kept for ever.
 */
const emptyKeptSeconds = 30 * 24 * 60 * 60;

const listSchema = v.object({
  events: v.array(
    v.object({
      eventId: v.string(),
      generation: v.number(),
      letter: v.optional(
        v.object({
          reason: v.string(),
          category: v.string(),
          attempts: v.number(),
          lastErrorCode: v.string(),
          correlationId: v.string(),
          firstSeen: v.string(),
        }),
      ),
      superseded: v.optional(v.boolean(), false),
    }),
  ),
  halts: v.boolean(),
  due: v.boolean(),
});

const noList: ParkList = { events: [], halts: false, due: false, generation: 0 };

/** Park lists in the state table: `parked:<integration>:<flow>:<entity key>`. */
export function createParkLists(table: StateTable, integration: string): ParkListStore {
  const keyOf = (flow: string, subject: string) => `parked:${integration}:${flow}:${subject}`;
  return {
    async read(flow, subject) {
      const item = await table.get(keyOf(flow, subject));
      if (item === undefined) return noList;
      const { events, halts, due } = v.parse(listSchema, item.value);
      return {
        events: events.map(({ letter, ...entry }) => ({ ...entry, letter })),
        halts,
        due,
        generation: item.generation,
      };
    },
    async replace(flow, subject, seen, { events, halts, due }) {
      const expected = seen.generation === 0 ? 'absent' : seen.generation;
      // Thousands may stand in one list: what is the rule is left out.
      const value = {
        events: events.map(({ superseded, ...entry }) => (superseded ? { ...entry, superseded } : entry)),
        halts,
        due,
      };
      const keptSeconds = events.length === 0 ? emptyKeptSeconds : undefined;
      const replaced = await table.replace(keyOf(flow, subject), expected, value, keptSeconds);
      return replaced ? { events, halts, due, generation: seen.generation + 1 } : undefined;
    },
  };
}
