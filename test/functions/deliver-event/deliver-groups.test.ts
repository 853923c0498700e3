import { describe, expect, it } from 'vitest';
import { defaultPolicies } from '../../../functions/specification/policies.ts';
import { quiet } from './support/clock.ts';
import { people } from './support/people.ts';

describe('deliver: groups', () => {
  it('delivers a group in order, each message read after the one before it was written', async () => {
    const { send, poll, source, destination, queue } = people(1);
    for (const id of ['evt_a', 'evt_b', 'evt_c']) send({ id, subject: 'p1', correlationid: id });

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(
      source.asked.filter(({ operation }) => operation === 'read').map(({ correlationId }) => correlationId),
    ).toEqual(['evt_a', 'evt_b', 'evt_c']);
    expect(destination.idsOf('write')).toEqual(['p1', 'p1', 'p1']);
    expect(queue.messages).toEqual([]);
  });

  it('does not begin a message before the one ahead of it in its group is settled', async () => {
    const { send, poll, source, destination } = people(1);
    const gate = Promise.withResolvers<undefined>();
    destination.intercept(() => gate.promise);
    send({ subject: 'p1' });
    send({ subject: 'p1' });

    const polled = poll();
    await quiet();
    const readsWhileWriting = source.idsOf('read').length;
    gate.resolve(undefined);
    await polled;

    expect(readsWhileWriting).toBe(1);
    expect(source.idsOf('read')).toHaveLength(2);
  });

  it('delivers groups in parallel, no more at once than the policy says', async () => {
    const policies = { ...defaultPolicies, concurrency: { ...defaultPolicies.concurrency, groups: 3 } };
    const { send, poll, destination, ids } = people(8, { policies });
    let [atWork, most] = [0, 0];
    destination.intercept(async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await quiet();
      atWork -= 1;
      return undefined;
    });
    for (const subject of ids) send({ subject });

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(most).toBe(3);
    expect(destination.idsOf('write').toSorted()).toEqual(ids);
  });

  it('lets a slow group hold up nobody but itself', async () => {
    const { send, poll, destination, telemetry } = people(2);
    const gate = Promise.withResolvers<undefined>();
    destination.intercept(({ id }) => (id === 'p1' ? gate.promise : undefined));
    for (const subject of ['p1', 'p2', 'p2', 'p2']) send({ subject });

    const polled = poll();
    await quiet();
    const deliveredMeanwhile = telemetry.counts.get('EventDelivered');
    gate.resolve(undefined);
    await polled;

    expect(deliveredMeanwhile).toBe(3);
    expect(telemetry.counts.get('EventDelivered')).toBe(4);
  });

  it('stops only the group of the first failure, and answers that message and all that follow it', async () => {
    const { send, poll, destination, queue } = people(3);
    destination.intercept(({ id, correlationId, operation }) =>
      id === 'p2' && correlationId === 'fails' ? { kind: 'transient', code: 'timeout', operation } : undefined,
    );
    send({ subject: 'p1' });
    send({ subject: 'p2' });
    const failed = send({ subject: 'p2', correlationid: 'fails' });
    send({ subject: 'p3' });
    const followers = [send({ subject: 'p2' }), send({ subject: 'p2' })];

    const answer = await poll();

    const left = [failed, ...followers];
    expect(answer).toEqual({ batchItemFailures: left.map((itemIdentifier) => ({ itemIdentifier })) });
    expect(queue.messages.map(({ messageId }) => messageId)).toEqual(left);
    expect(destination.idsOf('write').toSorted()).toEqual(['p1', 'p2', 'p2', 'p3']);
  });

  it('hands the failed message and its followers back in one call, all with the same wait', async () => {
    const { clock, send, poll, destination, handBacks, queue } = people(2);
    destination.fail('write', { kind: 'busy', code: 'rate_limit', retryAfterMs: 7_000 });
    const first = [send({ subject: 'p1' }), send({ subject: 'p1' }), send({ subject: 'p1' })];
    const second = [send({ subject: 'p2' })];

    await poll();

    expect(handBacks.toSorted((one, other) => other.messageIds.length - one.messageIds.length)).toEqual([
      { messageIds: first, waitSeconds: 7 },
      { messageIds: second, waitSeconds: 7 },
    ]);
    expect(new Set(queue.messages.map(({ visibleAtMs }) => visibleAtMs - clock.now()))).toEqual(new Set([7_000]));
  });

  it('redelivers what was handed back first, then its followers, in order', async () => {
    const { clock, send, run, destination, queue } = people(1);
    const startMs = clock.now();
    destination.fail('write', { kind: 'busy', code: 'rate_limit', retryAfterMs: 7_000 }, 1);
    for (const correlationid of ['a', 'b', 'c']) send({ subject: 'p1', correlationid });

    const polls = await run();

    const writes = destination.asked.filter(({ operation }) => operation === 'write');
    expect(polls).toBe(2);
    expect(queue.messages).toEqual([]);
    expect(writes.map(({ correlationId }) => correlationId)).toEqual(['a', 'a', 'b', 'c']);
    expect(writes.map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([0, 7, 7, 7]);
  });

  it('keeps each group in order through many batches and random failures', async () => {
    const { send, run, destination, ids, deadLetters } = people(5);
    let seed = 7;
    const chance = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    destination.intercept(({ operation }) =>
      chance() < 0.3 ? { kind: 'busy', code: 'rate_limit', operation, retryAfterMs: 1_000 } : undefined,
    );
    for (let nth = 0; nth < 60; nth += 1)
      send({ subject: ids[nth % 5], correlationid: `${String(nth).padStart(2, '0')}` });

    await run();

    for (const id of ids) {
      const tried = destination.asked
        .filter((asked) => asked.write?.link.value === id)
        .map((asked) => asked.correlationId);
      const distinct = [...new Set(tried)];
      expect(tried).toEqual(tried.toSorted());
      expect(distinct).toHaveLength(12);
    }
    expect(deadLetters.messages).toEqual([]);
  });

  it('answers an empty batch, and one of ten messages in ten groups', async () => {
    const { invoke, send, poll, ids, telemetry } = people(10);
    for (const subject of ids) send({ subject });

    const nothing = await invoke([]);
    const ten = await poll();

    expect(nothing).toEqual({ batchItemFailures: [] });
    expect(ten).toEqual({ batchItemFailures: [] });
    expect(telemetry.counts).toEqual(new Map([['EventDelivered', 10]]));
  });

  it('starts nothing when a call could not end in time, and hands the rest back at once', async () => {
    const { clock, send, poll, source, handBacks, queue } = people(1, { remainingMs: () => 11_999 });
    const ids = [send({ subject: 'p1' }), send({ subject: 'p1' })];

    const answer = await poll();

    expect(source.asked).toEqual([]);
    expect(handBacks).toEqual([{ messageIds: ids, waitSeconds: 0 }]);
    expect(answer).toEqual({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
    expect(queue.nextVisibleAtMs()).toBe(clock.now());
  });

  it('gives a call its own limit, and no more than the function has left, less what recording its failure takes', async () => {
    const { clock, send, poll, source, destination } = people(1);
    source.intercept(({ operation }) => void (operation === 'read' && clock.advance(24_000)));
    send({ subject: 'p1' });

    await poll();

    expect(source.asked[0]?.timeoutMs).toBe(10_000);
    expect(destination.asked[0]?.timeoutMs).toBe(30_000 - 24_000 - 500);
  });
});
