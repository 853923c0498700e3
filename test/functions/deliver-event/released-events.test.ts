import { describe, expect, it } from 'vitest';
import { parkedPeople } from './support/parked-people.ts';

const minute = 60_000;

/** p1's event is parked. */
async function oneParked(setup: Parameters<typeof parkedPeople>[0] = {}) {
  const world = parkedPeople(setup);
  world.broken.add('e1');
  world.tell('e1');
  await world.settleAll();
  return world;
}

describe('a released event', () => {
  it('is delivered as it is now, and settled: its message is forgotten', async () => {
    const { broken, release, settleAll, source, destination, statuses, parked } = await oneParked();
    broken.clear();
    source.records.set('p1', { name: 'Mended', bill_id: null });

    await release('e1');
    const whileReleasing = statuses();
    await settleAll();

    expect(whileReleasing).toEqual({ e1: 'releasing' });
    expect([...destination.records.values()]).toMatchObject([{ title: 'Mended' }]);
    expect(parked.all()).toMatchObject([{ status: 'delivered', body: undefined, settledMs: expect.any(Number) }]);
  });

  it('does not count into the latency of deliveries, since it was parked meanwhile', async () => {
    const { broken, release, settleAll, telemetry, clock } = await oneParked();
    broken.clear();
    clock.advance(60 * minute);

    await release('e1');
    await settleAll();

    expect(telemetry.counts.get('EventReleased')).toBe(1);
    expect(telemetry.counts.get('EventDelivered')).toBe(1);
    expect(telemetry.times).toEqual([]);
  });

  it('that fails again is parked in the next generation, with the new reason', async () => {
    const { broken, release, settleAll, parked, source, listed } = await oneParked();
    broken.clear();
    source.records.set('p1', { name: 'unmappable', bill_id: null });

    await release('e1');
    await settleAll();

    expect(parked.all()).toMatchObject([
      { generation: 2, status: 'parked', letter: { lastErrorCode: 'mapping-failed' } },
    ]);
    expect(await listed()).toEqual(['e1']);
  });

  it('begins its attempts and its waits anew', async () => {
    const policies = { retry: { giveUp: 'at-once' } } as const;
    const { broken, release, settleAll, destination, parked } = await oneParked({ policies });
    broken.clear();
    destination.fail('write', { kind: 'transient', code: 'http-503', status: 503 });

    await release('e1');
    await settleAll();

    expect(parked.all()).toMatchObject([{ generation: 2, letter: { attempts: 5, lastErrorCode: 'http-503' } }]);
  });

  it('released twice is delivered once, also where SQS no longer knows the first', async () => {
    const { broken, release, settleAll, written, statuses, clock } = await oneParked();
    broken.clear();

    const released = [await release('e1'), await release('e1')];
    clock.advance(6 * minute);
    released.push(await release('e1'));
    await settleAll();

    expect(released).toEqual(['released', 'released', 'released']);
    expect(written).toEqual(['e1']);
    expect(statuses()).toEqual({ e1: 'delivered' });
  });

  it('that was released twice and failed is parked once more, not twice', async () => {
    const { release, settleAll, destination, parked, clock } = await oneParked();

    await release('e1');
    clock.advance(6 * minute);
    await release('e1');
    await settleAll();

    expect(destination.idsOf('write')).toHaveLength(2);
    expect(parked.all()).toMatchObject([{ generation: 2, status: 'parked' }]);
  });

  it('is skipped where it was discarded on its way, and stays so', async () => {
    const { broken, release, discard, settleAll, written, parked } = await oneParked();
    broken.clear();
    await release('e1');

    const discarded = await discard('e1', 'changed my mind');
    await settleAll();

    expect(discarded).toBe('discarded');
    expect(written).toEqual([]);
    expect(parked.all()).toMatchObject([{ status: 'discarded', note: 'changed my mind' }]);
  });

  it('can not be released where it is settled, or not there', async () => {
    const { broken, release, discard, settleAll } = await oneParked();
    broken.clear();
    await discard('e1');

    expect([await release('e1'), await release('none')]).toEqual(['not-parked', 'absent']);
    await settleAll();
  });
});

describe('a released event that its schema had refused', () => {
  const invalidreason = 'invalid event: id: string';

  it('is delivered where the schema was mended since, for the record that the schema names', async () => {
    const { tell, settleAll, release, parked, source, destination, statuses } = parkedPeople({ count: 2 });
    tell('e1', { subject: 'e1', data: { id: 'p2', version: 1, name: 'x' }, invalidreason });
    await settleAll();
    const before = parked.all()[0];

    await release('e1');
    await settleAll();

    expect(before).toMatchObject({ status: 'parked', subject: 'e1', letter: { reason: invalidreason } });
    expect(source.idsOf('read')).toEqual(['p2']);
    expect([...destination.records.values()]).toMatchObject([{ crm_id: 'p2' }]);
    expect(statuses()).toEqual({ e1: 'delivered' });
  });

  it('is parked once more where it was not, with what is wrong now', async () => {
    const { tell, settleAll, release, parked, source } = parkedPeople();
    tell('e1', { data: { id: 'p1', version: 'one', name: 'x' }, invalidreason });
    await settleAll();

    await release('e1');
    await settleAll();

    expect(source.asked).toEqual([]);
    expect(parked.all()).toMatchObject([
      {
        generation: 2,
        status: 'parked',
        letter: { reason: 'invalid event: version: number', lastErrorCode: 'invalid-event' },
      },
    ]);
  });
});
