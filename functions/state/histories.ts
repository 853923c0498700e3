import * as v from 'valibot';
import { type History, type HistoryOf, type HistoryStore, noHistory, operatorCategory } from '../contract/delivery.ts';
import type { StateTable } from '../contract/state-table.ts';
import { parkRequestKey, toParkRequest } from './park-requests.ts';

/** Longer than SQS keeps a message (14 days). */
const keptSeconds = 15 * 24 * 60 * 60;

const historySchema = v.object({
  attempts: v.number(),
  deferrals: v.number(),
  firstAttemptMs: v.optional(v.number()),
  othersSucceeded: v.array(v.boolean()),
  explained: v.number(),
  suspect: v.boolean(),
  marks: v.number(),
  firstMarkMs: v.optional(v.number()),
  parkAs: v.optional(v.object({ reason: v.string(), category: v.string(), code: v.string() })),
});

/** Histories in the state table: `history:<integration>:<message id>`; what operators ask for is read with them. */
export function createHistories(table: StateTable, integration: string): HistoryStore {
  const prefix = `history:${integration}:`;
  const requestOf = ({ event }: HistoryOf) => event && parkRequestKey(integration, event.flow, event.eventId);
  return {
    async read(messages) {
      // A repeat has the same event, and DynamoDB takes no key twice.
      const keys = new Set(
        messages.flatMap((message) => [prefix + message.messageId, requestOf(message) ?? []].flat()),
      );
      const items = await table.getMany([...keys]);
      const values = new Map(items.map(({ key, value }) => [key, value]));
      return new Map(
        messages.flatMap((message): [string, History][] => {
          const kept = values.get(prefix + message.messageId);
          const history = kept === undefined ? undefined : toHistory(kept);
          const parkAs = history?.parkAs ?? requested(message, values.get(requestOf(message) ?? ''));
          if (history === undefined && parkAs === undefined) return [];
          return [[message.messageId, { ...(history ?? noHistory), parkAs }]];
        }),
      );
    },
    write(histories) {
      const items = [...histories].map(([id, history]) => [prefix + id, history] as const);
      return table.putMany(new Map(items), keptSeconds);
    },
  };
}

function toHistory(value: unknown): History {
  const { firstAttemptMs, firstMarkMs, parkAs, ...rest } = v.parse(historySchema, value);
  return { ...rest, firstAttemptMs, firstMarkMs, parkAs };
}

/** A request is about one life of the event: what was parked then, and is released, must be tried anew. */
function requested({ event }: HistoryOf, value: unknown): History['parkAs'] {
  if (event === undefined || value === undefined) return undefined;
  const { reason, generation } = toParkRequest(value);
  if (generation !== (event.releasedGeneration ?? 0)) return undefined;
  return { reason: `operator: ${reason}`, category: operatorCategory, code: 'parked-by-operator' };
}
