import * as v from 'valibot';
import type { HistoryStore } from '../contract/delivery.ts';
import type { StateTable } from '../contract/state-table.ts';

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

/** Histories in the state table: `history:<integration>:<message id>`. */
export function createHistories(table: StateTable, integration: string): HistoryStore {
  const prefix = `history:${integration}:`;
  return {
    async read(messageIds) {
      const items = await table.getMany(messageIds.map((id) => prefix + id));
      return new Map(
        items.map(({ key, value }) => {
          const { firstAttemptMs, firstMarkMs, parkAs, ...rest } = v.parse(historySchema, value);
          return [key.slice(prefix.length), { ...rest, firstAttemptMs, firstMarkMs, parkAs }] as const;
        }),
      );
    },
    write(histories) {
      const items = [...histories].map(([id, history]) => [prefix + id, history] as const);
      return table.putMany(new Map(items), keptSeconds);
    },
  };
}
