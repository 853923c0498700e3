import { describe, expect, it } from 'vitest';
import { quiet } from './support/clock.ts';
import { people } from './support/people.ts';

/** Never answers: what a killed function leaves behind. */
const never = () => new Promise<never>(() => {});

describe('deliver: once', () => {
  it('skips an event that was delivered before without any call', async () => {
    const { clock, send, run, source, destination, telemetry } = people();
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
    const { clock, send, run, destination } = people();
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
    const { send, run, source, destination } = people();
    source.records.set('p2', { name: 'Bob', bill_id: null });
    send({ id: 'evt_1', subject: 'p1' });
    send({ id: 'evt_1', subject: 'p2' });
    send({ id: 'EVT_1', subject: 'p1' });

    await run();

    expect(destination.idsOf('write').toSorted()).toEqual(['p1', 'p1', 'p2']);
  });

  it('takes over the lock of a run whose time is up', async () => {
    const { clock, invoke, send, run, queue, destination, handBacks, telemetry } = people();
    destination.intercept(never);
    send({ id: 'evt_1' });
    void invoke(queue.receive());
    await quiet();
    destination.recover();
    clock.advance(180_000);

    await run();

    expect(handBacks).toEqual([]);
    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect(telemetry.counts).toEqual(new Map([['EventDelivered', 1]]));
  });

  it('waits for a living lock with its followers, and does nothing meanwhile', async () => {
    const { clock, invoke, send, run, queue, destination, handBacks, telemetry } = people();
    destination.intercept(({ correlationId }) => (correlationId === 'hangs' ? never() : undefined));
    const hangs = send({ id: 'evt_1', correlationid: 'hangs' });
    void invoke(queue.receive());
    await quiet();
    clock.advance(10_000);
    queue.changeVisibility([queue.messages[0]?.receiptHandle ?? ''], 0);
    destination.recover();
    const follows = send({ id: 'evt_2', correlationid: 'follows' });

    await run();

    expect(handBacks.slice(0, 2)).toEqual([
      { messageIds: [follows], waitSeconds: 0 },
      { messageIds: [hangs], waitSeconds: 30 },
    ]);
    expect(telemetry.counts.get('DeliveryDeferred')).toBe(1);
    expect(destination.asked.map(({ correlationId }) => correlationId)).toEqual(['hangs', 'hangs', 'follows']);
  });

  it('after a crash between the write and its settling writes again, which changes nothing', async () => {
    const { clock, send, poll, run, source, destination, table, telemetry, kill } = people();
    table.before.push(({ step }) => (step === 'complete' ? kill() : undefined));
    send({ id: 'evt_1' });
    await poll();
    const stateAfterCrash = structuredClone([...destination.records]);

    table.before.pop();
    clock.advance(180_000);
    await run();

    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect([...destination.records]).toEqual(stateAfterCrash);
    expect(destination.records.size).toBe(1);
    expect(source.records.get('p1')).toMatchObject({ bill_id: 'new-1' });
    expect(telemetry.counts.get('EventDelivered')).toBe(1);
  });

  it('after a crash right behind the note of its success is skipped', async () => {
    const { clock, send, poll, run, destination, table, telemetry, kill } = people();
    table.after.push(({ step }) => (step === 'complete' ? kill() : undefined));
    send({ id: 'evt_1' });
    await poll();

    table.after.pop();
    clock.advance(180_000);
    await run();

    expect(destination.idsOf('write')).toEqual(['p1']);
    expect(telemetry.counts).toEqual(new Map([['EventSkipped', 1]]));
  });
});
