import { describe, expect, it } from 'vitest';
import { aGuardedSystem } from './support/guarded-system.ts';

describe('answers', () => {
  it('tell what others got last: never what the key itself got', async () => {
    const { container } = aGuardedSystem();
    const { answers } = container();
    const told: (boolean | undefined)[] = [];
    const ask = async (key: string) => told.push(await answers.othersSucceed('op', key));

    await ask('a');
    await answers.note('op', 'a', true);
    await ask('a');
    await ask('b');
    await answers.note('op', 'b', false);
    await answers.note('op', 'b', false);
    await ask('a');
    await ask('b');
    await ask('c');

    expect(told).toEqual([undefined, undefined, true, false, true, false]);
  });

  it('are seen by every container', async () => {
    const { container, clock } = aGuardedSystem();
    await container().answers.note('op', 'a', true);

    const { answers } = container();

    expect(await answers.othersSucceed('op', 'b')).toBe(true);
    expect(await answers.lastSuccessMs('op')).toBe(clock.now());
  });

  it('tell when the last success was, of anybody or of others', async () => {
    const { container, clock } = aGuardedSystem();
    const { answers } = container();
    const startMs = clock.now();
    await answers.note('op', 'a', true);
    clock.advance(10_000);
    await answers.note('op', 'b', true);
    clock.advance(10_000);
    await answers.note('op', 'c', false);

    const times = [await answers.lastSuccessMs('op'), await answers.lastSuccessMs('op', 'b')];

    expect(times).toEqual([startMs + 10_000, undefined]);
    expect(await answers.lastSuccessMs('another')).toBeUndefined();
  });

  it('write successes at most once in ten seconds, per container and operation, and failures always', async () => {
    const { container, clock, writes } = aGuardedSystem();
    const [one, other] = [container().answers, container().answers];
    const written: number[] = [];
    const later = async (ms: number, ...notes: [typeof one, string, boolean][]) => {
      clock.advance(ms);
      const before = writes().length;
      for (const [answers, operation, ok] of notes) await answers.note(operation, 'k', ok);
      written.push(writes().length - before);
    };

    await later(0, [one, 'op', true], [one, 'op', true]);
    await later(9_999, [one, 'op', true]);
    await later(0, [other, 'op', true], [one, 'op2', true]);
    await later(0, [one, 'op', false], [one, 'op', false]);
    await later(1, [one, 'op', true]);

    expect(written).toEqual([1, 0, 2, 2, 1]);
  });

  it('write the next success, however soon, where something waits for one', async () => {
    const { container, clock } = aGuardedSystem();
    const { answers } = container();
    await answers.note('op', 'a', true);
    clock.advance(1);
    answers.awaitSuccess('op');

    await answers.note('op', 'b', true);

    expect(await answers.lastSuccessMs('op')).toBe(clock.now());
  });

  it('never fail to note: that is logged, and the next success is noted', async () => {
    const { container, table, telemetry, writes } = aGuardedSystem();
    const { answers } = container();
    table.failing.add('put');

    await answers.note('op', 'a', true);
    table.failing.clear();
    await answers.note('op', 'a', true);

    expect(telemetry.lines).toMatchObject([{ message: 'answer not noted', operation: 'op' }]);
    expect(writes()).toHaveLength(2);
    expect(await answers.othersSucceed('op', 'b')).toBe(true);
  });
});
