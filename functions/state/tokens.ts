import * as v from 'valibot';
import type { StateTable } from '../contract/state-table.ts';
import type { TokenStore } from '../contract/tokens.ts';

const stateSchema = v.object({
  issuedMs: v.optional(v.number()),
  hash: v.optional(v.string()),
  early: v.optional(v.number(), 0),
  lease: v.optional(v.object({ holder: v.string(), untilMs: v.number() })),
  refusal: v.optional(v.object({ credentials: v.string(), code: v.string(), atMs: v.number() })),
});

/** What is known of the systems' access tokens, in the state table: the `token:` items of an integration. */
export function createTokens(table: StateTable, integration: string): TokenStore {
  const keyOf = (system: string) => `token:${integration}:${system}`;
  return {
    async read(system) {
      const item = await table.get(keyOf(system));
      const { issuedMs, hash, early, lease, refusal } = v.parse(stateSchema, item?.value ?? {});
      return { issuedMs, hash, early, lease, refusal, generation: item?.generation ?? 'absent' };
    },
    async replace(system, { generation }, { issuedMs, hash, early, lease, refusal }) {
      const next = { issuedMs, hash, early, lease, refusal };
      const replaced = await table.replace(keyOf(system), generation, next);
      return replaced ? { ...next, generation: generation === 'absent' ? 1 : generation + 1 } : undefined;
    },
  };
}
