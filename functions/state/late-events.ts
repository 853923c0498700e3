import * as v from 'valibot';
import type { StateTable } from '../contract/state-table.ts';
import { ContendedError, contended, whileContended } from '../engine/contended.ts';

/** An event that has spent its first attempts and is still being tried. */
export interface LateEvent {
  readonly eventId: string;
  /** The entity key. */
  readonly subject: string;
  /** When its first attempt was begun, Unix milliseconds. */
  readonly sinceMs: number;
}

/** The late events of each flow, for people to see: a queue does not tell what is in it. */
export interface LateEvents {
  read(flow: string): Promise<readonly LateEvent[]>;
  /** Best effort: an event that is left out is noted at its next attempt. */
  note(flow: string, event: LateEvent): Promise<void>;
  /** @throws {ContendedError} where the list changed again and again, and where AWS could not be had: do it again. */
  settle(flow: string, eventId: string): Promise<void>;
}

/** A list is for looking at: of more than these, the others are noted as soon as some of them are settled. */
export const mostLateEvents = 100;

/** Longer than SQS keeps a message (14 days): what is older is nowhere any more, and was settled by nobody. */
const keptSeconds = 15 * 24 * 60 * 60;

const listSchema = v.array(v.object({ eventId: v.string(), subject: v.string(), sinceMs: v.number() }));

/** Late events in the state table: `late:<integration>:<flow>`. */
export function createLateEvents(table: StateTable, integration: string, now: () => number): LateEvents {
  const keyOf = (flow: string) => `late:${integration}:${flow}`;

  const eventsIn = (value: unknown) =>
    v.parse(listSchema, value).filter(({ sinceMs }) => now() - sinceMs < keptSeconds * 1000);

  function change(flow: string, next: (seen: readonly LateEvent[]) => readonly LateEvent[] | undefined): Promise<void> {
    return whileContended(`The list of late events of ${flow}`, async () => {
      const item = await table.get(keyOf(flow));
      const wanted = next(item === undefined ? [] : eventsIn(item.value));
      if (wanted === undefined) return undefined;
      const isOurs = await table.replace(keyOf(flow), item?.generation ?? 'absent', wanted, keptSeconds);
      return isOurs ? undefined : contended;
    });
  }

  return {
    async read(flow) {
      const item = await table.get(keyOf(flow));
      return item === undefined ? [] : eventsIn(item.value);
    },
    async note(flow, event) {
      const noted = change(flow, (seen) => {
        const isThere = seen.some(({ eventId }) => eventId === event.eventId);
        return isThere || seen.length >= mostLateEvents ? undefined : [...seen, event];
      });
      await noted.catch((error) => {
        if (!(error instanceof ContendedError)) throw error;
      });
    },
    settle(flow, eventId) {
      return change(flow, (seen) => {
        const left = seen.filter((each) => each.eventId !== eventId);
        return left.length === seen.length ? undefined : left;
      });
    },
  };
}
