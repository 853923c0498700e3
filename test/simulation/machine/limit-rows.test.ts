import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLimitStore } from '../../../functions/aws/limit-store.ts';
import type { LimitState, LimitStore } from '../../../functions/contract/limits.ts';
import { MemoryLimitStore } from '../../functions/deliver-event/support/limit-store.ts';
import { LimitRows } from './limit-rows.ts';

const firstHour = 490_000;

/** The real store, as one of two containers that share the rows. */
function aContainer(rows: LimitRows): LimitStore {
  const send = async ({ input }: { readonly input: Parameters<LimitRows['apply']>[0] }) => {
    const answer = rows.apply(input);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return createLimitStore({ send } as unknown as DynamoDBClient, 'state', 'shop');
}

const millis = fc.integer({ min: 1, max: 5_000 });
const step = fc.oneof(
  fc.record({
    step: fc.constant('lease' as const),
    calls: fc.integer({ min: 1, max: 5 }),
    intervalMs: fc.constantFrom(0, 40),
    baseMs: millis,
    laterMs: fc.integer({ min: 0, max: 500 }),
    hour: fc.integer({ min: firstHour, max: firstHour + 60 }),
  }),
  fc.record({ step: fc.constant('holdUntil' as const), untilMs: millis }),
  fc.record({ step: fc.constant('report' as const), used: millis, atMs: millis }),
  fc.record({
    step: fc.constant('leaseProbe' as const),
    seenMs: fc.constantFrom(0, 7, 8),
    nextMs: fc.constantFrom(7, 8),
  }),
);

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

async function take(store: LimitStore, one: Step): Promise<unknown> {
  switch (one.step) {
    case 'lease': {
      const { laterMs, ...request } = one;
      const lease = await store.lease('a', { ...request, latestMs: one.baseMs + laterMs });
      return { granted: lease.granted, state: known(lease.state, one.hour) };
    }
    case 'holdUntil':
      return store.holdUntil('a', one.untilMs);
    case 'report':
      return known(await store.report('a', { used: one.used, max: 9, atMs: one.atMs, total: 3 }), firstHour + 60);
    case 'leaseProbe':
      return store.leaseProbe('a', one.seenMs, one.nextMs);
  }
}

/** Hours that no longer count are taken off the item, some time. */
function known({ hours, ...state }: LimitState, now: number) {
  return { ...state, hours: [...hours].filter(([hour]) => hour >= now - 24).toSorted() };
}

it('the rows, under the store that writes them, are what the limits in memory are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), step), { maxLength: 40 }), async (steps) => {
      const rows = new LimitRows();
      const containers = [aContainer(rows), aContainer(rows)] as const;
      const memory = new MemoryLimitStore();
      let hour = firstHour;
      for (const [isFirst, drawn] of steps) {
        // Time goes one way.
        const one = drawn.step === 'lease' ? { ...drawn, hour: Math.max(hour, drawn.hour) } : drawn;
        if (one.step === 'lease') hour = one.hour;

        expect(await take(containers[isFirst ? 0 : 1], one)).toEqual(await take(memory, one));
      }

      expect(known(await containers[0].read('a'), hour)).toEqual(known(await memory.read('a'), hour));
    }),
    { numRuns: 200 },
  );
});
