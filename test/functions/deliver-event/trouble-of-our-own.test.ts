import { describe, expect, it } from 'vitest';
import { ownClock } from './support/clock.ts';
import { aDelivery } from './support/delivery.ts';
import { FakeSystem } from './support/fake-system.ts';

function onePerson() {
  const clock = ownClock();
  const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
  source.records.set('p1', { name: 'Ada', bill_id: null });
  return { clock, source, destination, ...aDelivery({ clock, source, destination }) };
}

describe('deliver: trouble of our own', () => {
  it('DynamoDB takes no lock: nothing is called, handed back without an attempt, delivered later', async () => {
    const { send, poll, run, table, source, destination, queue, telemetry } = onePerson();
    table.failing.add('put');
    const messageId = send();

    const answer = await poll();
    const callsWhileDown = source.asked.length;
    table.failing.clear();
    await run();

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: messageId }] });
    expect(callsWhileDown).toBe(0);
    expect([...table.tallies.values()]).toEqual([{ attempts: 0, deferrals: 1 }]);
    expect(destination.idsOf('write')).toEqual(['p1']);
    expect(queue.messages).toEqual([]);
    expect(telemetry.counts.get('DeliveryDeferred')).toBe(1);
  });

  it('DynamoDB is down altogether: handed back for a minute with its followers, nothing lost or parked', async () => {
    const { send, poll, run, table, source, handBacks, deadLetters, queue, telemetry } = onePerson();
    for (const step of ['put', 'update', 'delete', 'tally'] as const) table.failing.add(step);
    const ids = [send(), send()];

    const answer = await poll();
    table.failing.clear();
    await run();

    expect(answer).toEqual({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
    expect(handBacks).toEqual([{ messageIds: ids, waitSeconds: 60 }]);
    expect(source.idsOf('read')).toHaveLength(2);
    expect(deadLetters.messages).toEqual([]);
    expect(queue.messages).toEqual([]);
    expect(telemetry.counts.get('DeliveryDeferred')).toBe(1);
    expect(telemetry.counts.get('EventDelivered')).toBe(2);
  });

  it('DynamoDB does not note the success: the event is written again, not lost', async () => {
    const { send, poll, run, table, destination, queue } = onePerson();
    table.failing.add('update');
    send();

    await poll();
    table.failing.clear();
    await run();

    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect(destination.records.size).toBe(1);
    expect(queue.messages).toEqual([]);
  });

  it('DynamoDB does not release the lock of a failed run: the event waits for its end, and is not lost', async () => {
    const { send, poll, run, table, destination, queue } = onePerson();
    table.failing.add('delete');
    destination.fail('write', { kind: 'transient', code: 'timeout' }, 1);
    send();

    await poll();
    table.failing.clear();
    await run();

    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect(queue.messages).toEqual([]);
  });

  it('SQS does not take the hand-back: the messages are reported all the same, and come back in order', async () => {
    const { clock, send, poll, run, destination, telemetry, port, queue } = onePerson();
    destination.fail('write', { kind: 'transient', code: 'timeout' }, 1);
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
    const { send, poll, run, destination, deadLetters, queue, handBacks, table, port } = onePerson();
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
    expect(table.items.size).toBe(0);
  });

  it('a crash between dead letter and settling leaves one dead letter', async () => {
    const { clock, send, invoke, run, destination, deadLetters, queue } = onePerson();
    destination.fail('write', { kind: 'permanent', code: 'INVALID_FIELD' });
    send();
    await invoke(queue.receive());

    clock.advance(180_000);
    await run();

    expect(destination.idsOf('write')).toHaveLength(2);
    expect(deadLetters.messages).toHaveLength(1);
    expect(queue.messages).toEqual([]);
  });

  it('a mistake in our own code hands back as busy does, and holds up no other group', async () => {
    const { send, poll, source, handBacks, destination, table } = onePerson();
    source.records.set('p2', { name: 'Bob', bill_id: null });
    source.intercept(({ id }) => {
      if (id === 'p1') throw new TypeError('Cannot read properties of undefined');
      return undefined;
    });
    const failed = send({ subject: 'p1' });
    send({ subject: 'p2' });

    const answer = await poll();

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: failed }] });
    expect(handBacks).toEqual([{ messageIds: [failed], waitSeconds: 1 }]);
    expect([...table.tallies.values()]).toEqual([{ attempts: 0, deferrals: 1 }]);
    expect(destination.idsOf('write')).toEqual(['p2']);
  });
});
