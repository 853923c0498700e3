import * as v from 'valibot';
import type { HealthStore } from '../contract/health.ts';
import type { StateTable } from '../contract/state-table.ts';

/** Answers that nobody has had for so long say nothing any more. */
const answersKeptSeconds = 24 * 60 * 60;

const breakerSchema = v.variant('state', [
  v.object({ state: v.literal('closed') }),
  v.object({
    state: v.literal('open'),
    reason: v.picklist(['failures', 'auth', 'operator']),
    openedMs: v.number(),
    probeMs: v.number(),
  }),
]);
const answersSchema = v.array(v.object({ key: v.string(), ok: v.boolean(), atMs: v.number() }));
const holdSchema = v.object({
  reason: v.optional(v.string()),
  refused: v.optional(v.object({ code: v.string(), sinceMs: v.number(), keys: v.array(v.string()) })),
});

/** How systems and flows do, in the state table: `breaker:`, `answers:` and `hold:` items of an integration. */
export function createHealth(table: StateTable, integration: string): HealthStore {
  const keyOf = (kind: 'breaker' | 'answers' | 'hold', name: string) => `${kind}:${integration}:${name}`;

  async function readAnswers(operation: string) {
    const item = await table.get(keyOf('answers', operation));
    return item === undefined ? [] : v.parse(answersSchema, item.value);
  }

  return {
    readAnswers,
    async readBreaker(system) {
      const item = await table.get(keyOf('breaker', system));
      if (item === undefined) return { state: 'closed', generation: 0 };
      return { ...v.parse(breakerSchema, item.value), generation: item.generation };
    },
    replaceBreaker(system, seen, next) {
      return table.replace(keyOf('breaker', system), seen.generation === 0 ? 'absent' : seen.generation, next);
    },
    async noteAnswer(operation, answer) {
      // Two containers at once may lose one of two notes: others will follow, and nothing is decided on one alone.
      const [latest, ...older] = await readAnswers(operation);
      const other = [latest, ...older].find((known) => known !== undefined && known.key !== answer.key);
      await table.put(
        keyOf('answers', operation),
        other === undefined ? [answer] : [answer, other],
        answersKeptSeconds,
      );
    },
    async readHold(flow) {
      const item = await table.get(keyOf('hold', flow));
      const { reason, refused } = item === undefined ? {} : v.parse(holdSchema, item.value);
      return { reason, refused, generation: item?.generation ?? 'absent' };
    },
    replaceHold: (flow, seen, { reason, refused }) =>
      table.replace(keyOf('hold', flow), seen.generation, { reason, refused }),
  };
}
