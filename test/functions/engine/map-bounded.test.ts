import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapBounded } from '../../../functions/engine/map-bounded.ts';

/** Work that ends when the test says so. */
function createWork() {
  const ending = new Map<number, PromiseWithResolvers<string>>();
  const work = (item: number) => {
    const deferred = Promise.withResolvers<string>();
    ending.set(item, deferred);
    return deferred.promise;
  };
  return { ending, work };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('mapBounded', () => {
  test('begins no more than the bound, and the next when one ends', async () => {
    const { ending, work } = createWork();

    const done = mapBounded([1, 2, 3, 4], 2, work);
    const atFirst = [...ending.keys()];
    ending.get(2)!.resolve('two');
    await settled();
    const afterOne = [...ending.keys()];
    for (const item of [3, 1]) ending.get(item)!.resolve('');
    await settled();
    ending.get(4)!.resolve('four');

    expect(atFirst).toEqual([1, 2]);
    expect(afterOne).toEqual([1, 2, 3]);
    expect(await done).toEqual(['', 'two', '', 'four']);
  });

  test('answers in the order of the items and never exceeds the bound, whatever ends first', async () => {
    const items = fc.array(fc.integer(), { maxLength: 30 });

    const property = fc.asyncProperty(
      fc.scheduler(),
      items,
      fc.integer({ min: 1, max: 12 }),
      async (s, list, limit) => {
        let [running, most] = [0, 0];
        const double = s.scheduleFunction(async (item: number) => item * 2);
        const done = mapBounded(list, limit, async (item) => {
          most = Math.max(most, ++running);
          const result = await double(item);
          running -= 1;
          return result;
        });
        await s.waitFor(done);

        expect(await done).toEqual(list.map((item) => item * 2));
        expect(most).toBe(Math.min(limit, list.length));
      },
    );

    await fc.assert(property, { numRuns: 200 });
  });

  test('does one after another with a bound of one', async () => {
    const order: string[] = [];

    await mapBounded(['a', 'b'], 1, async (item) => {
      order.push(`${item} begins`);
      await settled();
      order.push(`${item} ends`);
    });

    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('answers nothing for nothing', async () => {
    const results = await mapBounded([], 5, async () => 'never');

    expect(results).toEqual([]);
  });

  test('keeps answers that are undefined in their places', async () => {
    const results = await mapBounded([1, 2, 3], 2, async (item) => (item === 2 ? undefined : item));

    expect(results).toEqual([1, undefined, 3]);
  });

  test('rejects with what was rejected first', async () => {
    const { ending, work } = createWork();

    const done = mapBounded([1, 2, 3], 3, work);
    ending.get(3)!.reject(new Error('three'));
    ending.get(1)!.reject(new Error('one'));
    ending.get(2)!.resolve('two');

    await expect(done).rejects.toThrow('three');
  });
});
