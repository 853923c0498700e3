import { describe, expect, it } from 'vitest';
import { ownClock } from './support/clock.ts';
import { aDelivery } from './support/delivery.ts';
import { Killed } from './support/event-source-mapping.ts';
import { FakeSystem } from './support/fake-system.ts';

function onePerson() {
  const clock = ownClock();
  const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
  source.records.set('p1', { name: 'Ada', bill_id: null });
  return { clock, source, destination, ...aDelivery({ clock, source, destination }) };
}

/** Never answers: what a killed function leaves behind. */
const never = () => new Promise<never>(() => {});

describe('deliver: once', () => {
  it('skips an event that was delivered before without any call', async () => {
    const { clock, send, run, source, destination, telemetry } = onePerson();
    send({ id: 'evt_1' });
    await run();
    const callsBefore = source.asked.length + destination.asked.length;

    // SQS no longer knows the repeat after five minutes.
    clock.advance(6 * 60_000);
    send({ id: 'evt_1' });
    await run();

    expect(source.asked.length + destination.asked.length).toBe(callsBefore);
    expect(telemetry.counts.get('EventSkipped')).toBe(1);
    expect(telemetry.lines.at(-1)).toMatchObject({ message: 'event skipped', reason: 'seen before', eventId: 'evt_1' });
  });

  it('remembers for thirty days, and no longer', async () => {
    const { clock, send, run, destination } = onePerson();
    const day = 24 * 60 * 60_000;
    send({ id: 'evt_1' });
    await run();

    clock.advance(29.9 * day);
    send({ id: 'evt_1' });
    await run();
    const writesWithin = destination.idsOf('write').length;
    clock.advance(0.2 * day);
    send({ id: 'evt_1' });
    await run();

    expect(writesWithin).toBe(1);
    expect(destination.idsOf('write')).toHaveLength(2);
  });

  it('does not take one event for another: of another record, or with an id that only looks alike', async () => {
    const { send, run, source, destination } = onePerson();
    source.records.set('p2', { name: 'Bob', bill_id: null });
    send({ id: 'evt_1', subject: 'p1' });
    send({ id: 'evt_1', subject: 'p2' });
    send({ id: 'EVT_1', subject: 'p1' });

    await run();

    expect(destination.idsOf('write').toSorted()).toEqual(['p1', 'p1', 'p2']);
  });

  it('takes over the lock of a run whose time is up', async () => {
    const { clock, invoke, send, run, queue, destination, handBacks, telemetry } = onePerson();
    destination.intercept(never);
    send({ id: 'evt_1' });
    void invoke(queue.receive());
    await expect.poll(() => destination.asked.length).toBe(1);
    destination.recover();
    clock.advance(180_000);

    await run();

    expect(handBacks).toEqual([]);
    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect(telemetry.counts).toEqual(new Map([['EventDelivered', 1]]));
  });

  it('waits for a living lock with its followers, and does nothing meanwhile', async () => {
    const { clock, invoke, send, run, queue, destination, handBacks, telemetry } = onePerson();
    destination.intercept(({ correlationId }) => (correlationId === 'hangs' ? never() : undefined));
    send({ id: 'evt_1', correlationid: 'hangs' });
    void invoke(queue.receive());
    await expect.poll(() => destination.asked.length).toBe(1);
    clock.advance(10_000);
    queue.changeVisibility([queue.messages[0]?.receiptHandle ?? ''], 0);
    destination.recover();
    send({ id: 'evt_2', correlationid: 'follows' });

    await run();

    expect(handBacks).toHaveLength(1);
    expect(handBacks[0]).toMatchObject({ waitSeconds: 30 });
    expect(handBacks[0]?.messageIds).toHaveLength(2);
    expect(telemetry.counts.get('DeliveryDeferred')).toBe(1);
    expect(destination.asked.map(({ correlationId }) => correlationId)).toEqual(['hangs', 'hangs', 'follows']);
  });

  it('after a crash between the write and its settling writes again, which changes nothing', async () => {
    const { clock, queue, send, run, source, destination, invoke, table, telemetry } = onePerson();
    destination.intercept(({ operation }) => {
      if (operation === 'write') table.failing.add('update').add('delete').add('tally');
      return undefined;
    });
    send({ id: 'evt_1' });
    const records = queue.receive();
    const crashed = invoke(records).then(() => {
      throw new Killed();
    });
    await expect(crashed).rejects.toThrow(Killed);
    const stateAfterCrash = structuredClone([...destination.records]);

    table.failing.clear();
    destination.recover();
    clock.advance(180_000);
    await run();

    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect([...destination.records]).toEqual(stateAfterCrash);
    expect(destination.records.size).toBe(1);
    expect(source.records.get('p1')).toMatchObject({ bill_id: 'new-1' });
    expect(telemetry.counts.get('EventDelivered')).toBe(1);
  });

  it('after a crash of the whole function brings back its batch: what was done is skipped, the rest done', async () => {
    const { clock, queue, send, run, source, destination, invoke, telemetry } = onePerson();
    source.records.set('p2', { name: 'Bob', bill_id: null });
    destination.intercept(({ id }) => (id === 'p2' ? never() : undefined));
    send({ subject: 'p1' });
    send({ subject: 'p2' });
    void invoke(queue.receive());
    await expect.poll(() => telemetry.counts.get('EventDelivered')).toBe(1);
    destination.recover();
    clock.advance(180_000);

    await run();

    expect(destination.idsOf('write').toSorted()).toEqual(['p1', 'p2', 'p2']);
    expect(telemetry.counts).toEqual(
      new Map([
        ['EventDelivered', 2],
        ['EventSkipped', 1],
      ]),
    );
    expect(queue.messages).toEqual([]);
  });

  it('marks every run but the first as repeated, so that the connector looks before it creates', async () => {
    const { send, run, destination } = onePerson();
    destination.fail('write', { kind: 'transient', code: 'timeout' }, 2);
    send();

    await run();

    expect(destination.asked.map(({ write }) => write?.repeated)).toEqual([false, true, true]);
  });
});
