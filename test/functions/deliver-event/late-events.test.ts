import { describe, expect, it } from 'vitest';
import { createLateEvents } from '../../../functions/state/late-events.ts';
import { people } from './support/people.ts';

const down = { kind: 'transient', code: 'http-503', status: 503 } as const;

/** Forty people of whom one can't be written; `step` delivers the next time that something is due. */
function oneFailing() {
  const delivery = people(40);
  const { clock, queue, send, poll, destination, ids, table } = delivery;
  let failing = true;
  destination.intercept(({ id, operation }) =>
    failing && id === 'p1' && operation === 'write' ? { ...down, operation: 'fake.write' } : undefined,
  );
  const late = createLateEvents(table, 'test', clock.now);
  let others = 0;
  async function step() {
    clock.advance(Math.max(0, (queue.nextVisibleAtMs() ?? 0) - clock.now()));
    others += 1;
    send({ subject: ids[1 + (others % 39)] });
    await poll();
  }
  const steps = async (count: number) => {
    for (let nth = 0; nth < count; nth += 1) await step();
  };
  const mend = () => {
    failing = false;
  };
  return { ...delivery, step, steps, mend, late: () => late.read('people-to-payers') };
}

describe('people are told which events are late', () => {
  it('from the fifth attempt on, and since when they are tried', async () => {
    const { clock, send, steps, late } = oneFailing();
    const sinceMs = clock.now();
    send({ id: 'evt_late', subject: 'p1' });

    await steps(4);
    expect(await late()).toEqual([]);
    await steps(3);

    expect(await late()).toEqual([{ eventId: 'evt_late', subject: 'p1', sinceMs }]);
  });

  it('until it is delivered', async () => {
    const { send, steps, mend, late } = oneFailing();
    send({ id: 'evt_late', subject: 'p1' });
    await steps(6);

    mend();
    await steps(1);

    expect(await late()).toEqual([]);
  });

  it('or parked', async () => {
    const { send, step, late, deadLetters } = oneFailing();
    send({ id: 'evt_late', subject: 'p1' });

    for (let nth = 0; nth < 60 && deadLetters.messages.length === 0; nth += 1) await step();

    expect(deadLetters.messages).toHaveLength(1);
    expect(await late()).toEqual([]);
  });

  it('also where the table could not be had just then: the event comes back, and is delivered once', async () => {
    const { send, steps, mend, late, table, queue, destination } = oneFailing();
    send({ id: 'evt_late', subject: 'p1' });
    await steps(6);
    let away = true;
    table.before.push(({ step, keys }) => {
      if (away && step === 'replace' && keys[0]?.startsWith('late:')) throw new Error('DynamoDB is away.');
    });

    mend();
    await steps(1);
    const writes = () => destination.asked.filter(({ id, operation }) => id === 'p1' && operation === 'write').length;
    const written = writes();
    expect(await late()).toHaveLength(1);
    away = false;
    await steps(2);

    expect(await late()).toEqual([]);
    expect(writes()).toBe(written);
    expect(queue.messages).toEqual([]);
  });

  it('and an attempt stands where it could not be noted', async () => {
    const { send, steps, late, table, histories } = oneFailing();
    send({ id: 'evt_late', subject: 'p1' });
    table.before.push(({ keys }) => {
      if (keys[0]?.startsWith('late:')) throw new Error('DynamoDB is away.');
    });

    await steps(6);
    table.before.length = 0;

    expect(Object.values(histories())).toEqual([expect.objectContaining({ attempts: 6 })]);
    await steps(1);
    expect(await late()).toHaveLength(1);
  });
});
