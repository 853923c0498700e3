import { describe, expect, it } from 'vitest';
import { people, waitsBetween } from './support/people.ts';
import type { Step } from './support/state-table.ts';

const ours: readonly Step[] = ['get', 'getMany', 'put', 'putMany', 'replace', 'remove'];
const powertools: readonly Step[] = ['lock', 'complete', 'unlock'];

describe('deliver: trouble of our own', () => {
  it('DynamoDB takes no lock: nothing is called, handed back without an attempt, delivered later', async () => {
    const { send, poll, run, table, source, destination, history, queue, telemetry } = people();
    table.failing.add('lock');
    const messageId = send();

    const answer = await poll();
    const callsWhileDown = source.asked.length;
    table.failing.clear();
    await run();

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: messageId }] });
    expect(callsWhileDown).toBe(0);
    expect(history(messageId)).toMatchObject({ attempts: 0, deferrals: 1 });
    expect(destination.idsOf('write')).toEqual(['p1']);
    expect(queue.messages).toEqual([]);
    expect(telemetry.counts.get('DeliveryDeferred')).toBe(1);
  });

  it('DynamoDB is down altogether: the batch goes back whole, and comes back in order: nothing lost, parked or called', async () => {
    const { clock, send, poll, run, table, source, destination, deadLetters, queue, handBacks } = people(2);
    for (const step of [...ours, ...powertools]) table.failing.add(step);
    for (const correlationid of ['a', 'b']) send({ correlationid });
    send({ subject: 'p2', correlationid: 'c' });

    const first = await poll();
    clock.advance(180_000);
    const second = await poll();
    const callsWhileDown = source.asked.length;
    const waits = handBacks.map(({ messageIds, waitSeconds }) => [messageIds.length, waitSeconds]);
    table.failing.clear();
    await run();

    expect([first, second].map((answer) => answer?.batchItemFailures.length)).toEqual([3, 3]);
    // What nothing explains waits for the queue's own timeout; what can't be read at all, for a minute.
    expect(waits).toEqual([
      [2, 60],
      [1, 60],
    ]);
    expect(callsWhileDown).toBe(0);
    expect(destination.idsOf('write').toSorted()).toEqual(['p1', 'p1', 'p2']);
    expect(destination.asked.map(({ correlationId }) => correlationId).filter((id) => id !== 'c')).toEqual(['a', 'b']);
    expect(deadLetters.messages).toEqual([]);
    expect(queue.messages).toEqual([]);
  });

  it.each([...ours, ...powertools])(
    'DynamoDB refuses every %s for five minutes, from the middle of a call on: each record ends right, nothing is parked',
    async (step) => {
      const { clock, send, poll, run, table, source, destination, ids, deadLetters, queue } = people(5);
      for (const subject of ids) send({ subject });
      destination.fail('write', { kind: 'transient', code: 'http-503', status: 503 }, 2);
      await poll();
      source.intercept(() => void table.failing.add(step));
      for (const [index, subject] of ids.entries()) {
        source.records.set(subject, { ...source.records.get(subject), name: `Renamed ${index}` });
        send({ subject });
      }
      const endMs = clock.now() + 300_000;
      while (clock.now() < endMs) {
        await poll().catch(() => {});
        clock.advance(1_000);
      }

      source.recover();
      table.failing.clear();
      await run();

      expect([...destination.records.values()].map(({ title }) => title).toSorted()).toEqual(
        ids.map((_, index) => `Renamed ${index}`),
      );
      expect(destination.records.size).toBe(5);
      expect(deadLetters.messages).toEqual([]);
      expect(queue.messages).toEqual([]);
    },
  );

  it('DynamoDB does not note the success: the event is written again, not lost', async () => {
    const { send, poll, run, table, destination, queue } = people();
    table.failing.add('complete');
    send();

    await poll();
    table.failing.clear();
    await run();

    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect(destination.records.size).toBe(1);
    expect(queue.messages).toEqual([]);
  });

  // Bug: where the lock could not be released, or the failure not be noted, it was forgotten what the call had come to: a
  // write that timed out was repeated at once, and the first one could still land on top of it.
  // Fix: what a call came to stands, whatever the table says.
  it.each<Step>(['unlock', 'get', 'put'])(
    'DynamoDB refuses a %s after a timeout: the key waits until the write can not land any more',
    async (step) => {
      const { send, poll, run, table, destination, queue } = people();
      let timedOut = false;
      destination.intercept(({ operation }) => {
        if (operation !== 'write' || timedOut) return undefined;
        timedOut = true;
        table.failing.add(step);
        return { kind: 'transient', code: 'timeout', operation: 'fake.write', mayLand: true };
      });
      send();

      await poll();
      table.failing.clear();
      await run();

      const writes = destination.asked.filter(({ operation }) => operation === 'write');
      expect(writes).toHaveLength(2);
      expect(waitsBetween(writes)[0]).toBeGreaterThanOrEqual(60);
      expect(queue.messages).toEqual([]);
    },
  );

  it('DynamoDB takes no note of a success: the event is settled all the same', async () => {
    const { send, poll, table, queue, telemetry } = people();
    table.failing.add('put');
    send();

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(queue.messages).toEqual([]);
    expect(telemetry.counts).toEqual(new Map([['EventDelivered', 1]]));
  });

  it('SQS does not take the hand-back: the messages are reported all the same, and come back in order', async () => {
    const { clock, send, poll, run, destination, telemetry, port, queue } = people();
    destination.fail('write', { kind: 'transient', code: 'http-503' }, 1);
    port.handBack = () => Promise.reject(new Error('SQS is down'));
    const ids = ['a', 'b'].map((correlationid) => send({ correlationid }));

    const answer = await poll();
    const dueInMs = (queue.nextVisibleAtMs() ?? 0) - clock.now();
    await run();

    expect(answer).toEqual({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
    expect(dueInMs).toBe(180_000);
    expect(destination.asked.map(({ correlationId }) => correlationId)).toEqual(['a', 'a', 'b']);
    expect(telemetry.lines.map(({ message }) => message)).toContain('hand-back failed');
  });

  it('the dead letters can not be had: the event goes back and is parked later, once', async () => {
    const { send, poll, run, destination, deadLetters, queue, handBacks, table, port } = people();
    destination.fail('write', { kind: 'permanent', code: 'INVALID_FIELD' });
    const { sendDeadLetter } = port;
    port.sendDeadLetter = () => Promise.reject(new Error('AccessDenied'));
    const ids = [send(), send()];

    const answer = await poll();
    port.sendDeadLetter = sendDeadLetter;
    await run();

    expect(answer?.batchItemFailures).toHaveLength(2);
    expect(handBacks).toEqual([{ messageIds: ids, waitSeconds: 60 }]);
    expect(deadLetters.messages).toHaveLength(2);
    expect(queue.messages).toEqual([]);
    expect(table.locks().size).toBe(0);
  });

  it('a crash between dead letter and settling leaves one dead letter', async () => {
    const { clock, send, invoke, run, destination, deadLetters, queue } = people();
    destination.fail('write', { kind: 'permanent', code: 'INVALID_FIELD' });
    send();
    await invoke(queue.receive());

    clock.advance(180_000);
    await run();

    // It has its place in the list: the decision is not made again.
    expect(destination.idsOf('write')).toHaveLength(1);
    expect(deadLetters.messages).toHaveLength(1);
    expect(queue.messages).toEqual([]);
  });

  it('a mistake in our own code hands back as busy does, and holds up no other group', async () => {
    const { send, poll, source, handBacks, destination, history } = people(2);
    source.intercept(({ id }) => {
      if (id === 'p1') throw new TypeError('Cannot read properties of undefined');
      return undefined;
    });
    const failed = send({ subject: 'p1' });
    send({ subject: 'p2' });

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: failed }] });
    expect(handBacks).toEqual([{ messageIds: [failed], waitSeconds: 1 }]);
    expect(history(failed)).toMatchObject({ attempts: 0, deferrals: 1 });
    expect(destination.idsOf('write')).toEqual(['p2']);
  });
});
