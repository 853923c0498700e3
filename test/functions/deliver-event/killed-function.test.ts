import { describe, expect, it } from 'vitest';
import { noHistory } from '../../../functions/contract/delivery.ts';
import { resolvePolicies } from '../../../functions/specification/policies.ts';
import { createHistories } from '../../../functions/state/histories.ts';
import { withKillers } from './support/killers.ts';
import { people } from './support/people.ts';

describe('a message that kills the function', () => {
  it('is parked after three starts alone, and its neighbours are delivered', async () => {
    const { ids, send, run, destination, deadLetters, kills, queue } = withKillers(5, 'p3');
    for (const subject of ids) send({ subject, correlationid: `corr-${subject}` });

    await run();

    expect(deadLetters.messages.map(({ attributes }) => attributes)).toMatchObject([
      {
        reason: 'it ended the function 3 times, alone, while others went through',
        category: 'permanent',
        lastErrorCode: 'kills-the-function',
        correlationId: 'corr-p3',
      },
    ]);
    expect(kills).toHaveLength(4);
    expect([...destination.records.values()].map(({ crm_id }) => crm_id).toSorted()).toEqual(['p1', 'p2', 'p4', 'p5']);
    expect(queue.messages).toEqual([]);
  });

  it('is parked after one start alone, where that is enough', async () => {
    const { clock, send, run, destination, deadLetters, kill } = people(2, {
      policies: resolvePolicies({ crash: { marks: 1 } }),
    });
    destination.intercept(({ id, operation }) => {
      clock.advance(1);
      return operation === 'write' && id === 'p1' ? kill() : undefined;
    });
    for (const subject of ['p1', 'p2']) send({ subject });

    await run();

    const reason = 'it ended the function once, alone, while others went through';
    expect(deadLetters.messages.map(({ attributes }) => attributes)).toMatchObject([{ reason }]);
  });

  it('is not parked while nobody else goes through: it could be the function that is broken', async () => {
    const { clock, send, poll, queue, deadLetters, kills } = withKillers(2, 'p1');
    send({ subject: 'p1' });
    const runs = async (times: number) => {
      for (let nth = 0; nth < times; nth += 1) {
        clock.advance(Math.max(0, (queue.nextVisibleAtMs() ?? 0) - clock.now()));
        await poll();
      }
    };
    await runs(8);
    const alone = { kills: kills.length, parked: deadLetters.messages.length };

    send({ subject: 'p2' });
    await runs(3);

    expect(alone).toEqual({ kills: 8, parked: 0 });
    expect(deadLetters.messages).toHaveLength(1);
    expect(queue.messages).toEqual([]);
  });

  it('is one of two: both are parked, and nobody else', async () => {
    const { ids, send, run, destination, deadLetters } = withKillers(8, 'p2', 'p7');
    for (const subject of ids) send({ subject });

    await run();

    expect(deadLetters.messages.map(({ groupId }) => groupId).toSorted()).toEqual(['p2', 'p7']);
    expect(destination.records.size).toBe(6);
  });

  it('holds up its group only while it is tried, in order', async () => {
    const { send, run, destination, deadLetters, deadly, port } = withKillers(2, 'p1');
    send({ subject: 'p1', correlationid: 'killer' });
    for (const correlationid of ['second', 'third']) send({ subject: 'p1', correlationid });
    send({ subject: 'p2' });
    const { sendDeadLetter } = port;
    port.sendDeadLetter = async (...what) => {
      deadly.clear();
      await sendDeadLetter(...what);
    };

    await run();

    const after = destination.asked.slice(
      destination.asked.findLastIndex((asked) => asked.correlationId === 'killer') + 1,
    );
    expect(deadLetters.messages.map(({ attributes }) => attributes?.correlationId)).toEqual(['killer']);
    expect(after.map(({ correlationId }) => correlationId)).toEqual(['second', 'third']);
  });

  it('is parked even where it is no message of ours', async () => {
    const { clock, queue, poll, run, deadLetters, table, send } = people(1);
    queue.send({ groupId: 'g', deduplicationId: 'd', body: 'not ours' });
    const [record] = queue.receive();
    const history = { ...noHistory, suspect: true, marks: 3, firstMarkMs: clock.now() };
    await createHistories(table, 'test').write(new Map([[record?.messageId ?? '', history]]));
    clock.advance(1_000);
    send();
    await poll();
    clock.advance(180_000);

    await run();

    expect(deadLetters.messages.map(({ attributes }) => attributes?.lastErrorCode)).toEqual(['not-a-message']);
  });
});

it('random crashes at any call to the table or the systems: everything is delivered once, and nothing is parked', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const { ids, send, run, table, source, destination, kill, deadLetters, queue } = people(6);
    let state = seed;
    const chance = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const mayCrash = () => (chance() < 0.003 ? kill() : undefined);
    table.before.push(mayCrash);
    table.after.push(mayCrash);
    for (const system of [source, destination]) system.intercept(mayCrash);
    for (let nth = 0; nth < 24; nth += 1)
      send({ subject: ids[nth % 6], correlationid: `${String(nth).padStart(2, '0')}` });

    await run(2_000);

    expect(queue.messages, `seed ${seed}`).toEqual([]);
    expect(deadLetters.messages, `seed ${seed}`).toEqual([]);
    expect([...destination.records.values()].map(({ crm_id }) => crm_id).toSorted(), `seed ${seed}`).toEqual(ids);
    for (const id of ids) {
      const writes = destination.asked.filter((asked) => asked.operation === 'write' && asked.id === id);
      const order = writes.map(({ correlationId }) => correlationId);
      expect(order, `seed ${seed}`).toEqual(order.toSorted());
      expect(new Set(order).size, `seed ${seed}`).toBe(4);
    }
  }
});
