import { describe, expect, it } from 'vitest';
import type { Connect } from '../../../functions/connectors/connector.ts';
import { success } from '../../../functions/engine/outcome.ts';
import { ownClock } from './support/clock.ts';
import { aDelivery } from './support/delivery.ts';
import { FakeSystem } from './support/fake-system.ts';

function onePerson(record: Record<string, string | null> = { name: 'Ada', bill_id: null }) {
  const clock = ownClock();
  const [source, destination] = [new FakeSystem(clock.now), new FakeSystem(clock.now)];
  source.records.set('p1', record);
  return { clock, source, destination, ...aDelivery({ clock, source, destination }) };
}

describe('what is written', () => {
  it('is the record as it is now, not as the event saw it', async () => {
    const { send, poll, source, destination } = onePerson();
    send({ data: { id: 'p1', name: 'the name at the time' } });
    source.records.set('p1', { name: 'Ada Lovelace', bill_id: null });

    await poll();

    expect(destination.records.get('new-1')).toEqual({ title: 'Ada Lovelace', crm_id: 'p1' });
  });

  it('links a new pair on both sides at once', async () => {
    const { send, poll, source, destination, telemetry } = onePerson();
    send();

    await poll();

    expect(destination.records.get('new-1')).toMatchObject({ crm_id: 'p1' });
    expect(source.records.get('p1')).toMatchObject({ bill_id: 'new-1' });
    expect(telemetry.lines.at(-1)).toMatchObject({ message: 'event delivered', destinationId: 'new-1', created: true });
  });

  it('writes the link only where it differs', async () => {
    const { send, poll, source, destination } = onePerson({ name: 'Ada', bill_id: 'b7' });
    destination.records.set('b7', { title: 'old', crm_id: 'p1' });
    send();

    await poll();

    expect(source.idsOf('link')).toEqual([]);
    expect(destination.asked[0]?.write?.id).toBe('b7');
    expect(destination.records).toEqual(new Map([['b7', { title: 'Ada', crm_id: 'p1' }]]));
  });

  it('takes an empty link for none', async () => {
    const { send, poll, destination } = onePerson({ name: 'Ada', bill_id: '' });
    send();

    await poll();

    expect(destination.asked[0]?.write?.id).toBeUndefined();
  });

  it('a failed link fails the event: the next run writes again and links, without a second record', async () => {
    const { send, run, source, destination, telemetry } = onePerson();
    source.fail('link', { kind: 'transient', code: 'timeout' }, 1);
    send();

    await run();

    expect(destination.idsOf('write')).toEqual(['p1', 'p1']);
    expect(destination.records.size).toBe(1);
    expect(source.records.get('p1')).toMatchObject({ bill_id: 'new-1' });
    expect(telemetry.counts.get('EventDelivered')).toBe(1);
  });

  it('is nothing when the record is gone: skipped, and remembered as done', async () => {
    const { clock, send, run, source, destination, telemetry } = onePerson();
    source.records.clear();
    send({ id: 'evt_1' });
    await run();

    clock.advance(6 * 60_000);
    send({ id: 'evt_1' });
    await run();

    expect(destination.asked).toEqual([]);
    expect(source.idsOf('read')).toHaveLength(1);
    expect(telemetry.counts).toEqual(new Map([['EventSkipped', 2]]));
    expect(telemetry.lines.map(({ reason }) => reason)).toEqual(['record is gone', 'seen before']);
  });

  it('carries the correlation id with every call, and tells how long the event took', async () => {
    const { clock, send, poll, source, destination, telemetry } = onePerson();
    send({ correlationid: 'corr-7' });
    clock.advance(1_234);

    await poll();

    expect([...source.asked, ...destination.asked].map(({ correlationId }) => correlationId)).toEqual(
      Array(3).fill('corr-7'),
    );
    expect(telemetry.times).toEqual([{ metric: 'DeliveryLatency', value: 1_234 }]);
    expect(telemetry.lines.at(-1)).toMatchObject({ correlationId: 'corr-7', latencyMs: 1_234 });
  });

  it('never tells a negative latency where two clocks differ', async () => {
    const { clock, send, poll, telemetry } = onePerson();
    send({ receivedtime: new Date(clock.now() + 5_000).toISOString() });

    await poll();

    expect(telemetry.times).toEqual([{ metric: 'DeliveryLatency', value: 0 }]);
  });

  it('is skipped where the destination says that its record was deleted and is not made again', async () => {
    const clock = ownClock();
    const source = new FakeSystem(clock.now);
    source.records.set('p1', { name: 'Ada', bill_id: null });
    const destination = new FakeSystem(clock.now);
    const connect: Connect = (services) => ({
      ...destination.connect(services),
      write: async () => success({ gone: true }),
    });
    const { send, run, telemetry } = aDelivery({ clock, source, destination: { connect } });
    send();

    await run();

    expect(source.idsOf('link')).toEqual([]);
    expect(telemetry.counts).toEqual(new Map([['EventSkipped', 1]]));
  });
});
