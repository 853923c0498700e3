import * as v from 'valibot';
import type { Intent, IntentStore } from '../connectors/connector.ts';
import type { StateItem, StateTable } from '../contract/state-table.ts';

const intentSchema = v.object({ startedMs: v.number(), id: v.optional(v.string()), gone: v.boolean() });

/** Intents in the state table, for ever: `intent:<integration>:<system>/<object>/<source id>`. */
export function createIntents(table: StateTable, integration: string): IntentStore {
  const keyOf = (key: string) => `intent:${integration}:${key}`;
  return {
    async read(key) {
      const item = await table.get(keyOf(key));
      return item === undefined ? undefined : toIntent(item);
    },
    async replace(key, seen, { startedMs, id, gone }) {
      const expected = seen === undefined ? 'absent' : seen.generation;
      const replaced = await table.replace(keyOf(key), expected, { startedMs, id, gone });
      return replaced ? { startedMs, id, gone, generation: expected === 'absent' ? 1 : expected + 1 } : undefined;
    },
    remove: (key, seen) => table.remove(keyOf(key), seen.generation),
  };
}

function toIntent({ value, generation }: StateItem): Intent {
  const { startedMs, id, gone } = v.parse(intentSchema, value);
  return { startedMs, id, gone, generation };
}
