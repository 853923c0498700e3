import { describe, expect, it } from 'vitest';
import { parkedPeople } from './support/parked-people.ts';

const flow = 'people-to-payers';
const dayMs = 24 * 60 * 60 * 1000;

/** People whose events tell what is written, and are too large for a message. */
function largePeople(setup: Parameters<typeof parkedPeople>[0] = {}) {
  const world = parkedPeople({ payload: 'event', ...setup });
  let versions = 0;
  /** Queues an event whose data is in the bucket. */
  function tellLarge(id: string, differs: object = {}): string {
    versions += 1;
    const data = { id: 'p1', version: versions, name: `v${versions}`, filler: 'x'.repeat(1_000), ...differs };
    return world.tell(id, { data: undefined, ...world.largeData.hold(flow, id, data) });
  }
  return { ...world, tellLarge };
}

describe('a large event', () => {
  it('is delivered as what is in the bucket tells', async () => {
    const { tellLarge, settleAll, destination, parked } = largePeople();

    tellLarge('e1');
    await settleAll();

    expect([...destination.records.values()]).toMatchObject([{ title: 'v1' }]);
    expect(parked.all()).toEqual([]);
  });

  it('is not fetched by a flow that reads the record anew', async () => {
    const { tellLarge, settleAll, written, largeData } = largePeople({ payload: 'reread' });

    tellLarge('e1');
    await settleAll();

    expect(written).toEqual(['e1']);
    expect(largeData.calls).toEqual([]);
  });

  it('is not fetched where it was seen before', async () => {
    const { tellLarge, tell, settleAll, largeData, written } = largePeople();
    tellLarge('e1');
    await settleAll();
    const { length } = largeData.calls;
    largeData.objects.clear();

    tell('e1', { data: undefined, dataref: 'events/gone', datasize: 1, datahash: '0'.repeat(64) });
    await settleAll();

    expect(written).toEqual(['e1']);
    expect(largeData.calls).toHaveLength(length);
  });

  it.each([
    { title: 'gone', change: (objects: Map<string, string>) => objects.clear(), code: 'data-gone' },
    {
      title: 'altered',
      change: (objects: Map<string, string>) => {
        for (const key of objects.keys()) objects.set(key, '{}');
      },
      code: 'data-altered',
    },
  ])('whose data is $title is parked with that reason', async ({ change, code }) => {
    const { tellLarge, settleAll, largeData, parked, written } = largePeople();
    tellLarge('e1');
    change(largeData.objects);

    await settleAll();

    expect(parked.all()).toMatchObject([
      { eventId: 'e1', status: 'parked', letter: { category: 'permanent', attempts: 0, lastErrorCode: code } },
    ]);
    expect(written).toEqual([]);
  });

  it('is handed back while the bucket can not be had, with what follows it, whenever its flow gives up', async () => {
    const { tellLarge, tell, poll, settleAll, largeData, clock, parked, written, telemetry, histories } = largePeople({
      policies: { retry: { attempts: 1, giveUp: 'at-once' } },
    });
    largeData.isDown = true;
    const messageId = tellLarge('e1');
    tell('e2', { version: 7 });

    for (let polls = 0; polls < 20; polls += 1) {
      await poll();
      clock.advance(60_000);
    }
    const while_ = { written: [...written], parked: parked.all(), history: histories()[messageId] };
    largeData.isDown = false;
    await settleAll();

    expect(while_).toMatchObject({ written: [], parked: [], history: { attempts: 0 } });
    expect(written).toEqual(['e1', 'e2']);
    expect(telemetry.counts.get('AttemptFailed')).toBeUndefined();
  });

  it('is parked before its queue forgets it, and then superseded by nothing whose version it may exceed', async () => {
    const { tellLarge, tell, poll, park, settleAll, largeData, clock, parked, statuses } = largePeople();
    largeData.isDown = true;
    tellLarge('e1', { version: 9 });
    await poll();

    clock.advance(12.5 * dayMs);
    await poll();
    largeData.isDown = false;
    await park();
    tell('e2', { version: 1 });
    await settleAll();

    expect(parked.all()[0]?.letter).toMatchObject({ category: 'transient', lastErrorCode: 'data-unavailable' });
    expect(statuses()).toMatchObject({ e1: 'parked' });
  });

  it('that an operator wants parked waits until its version is known', async () => {
    const { tellLarge, askToPark, poll, settleAll, largeData, clock, statuses } = largePeople();
    largeData.isDown = true;
    tellLarge('e1');
    await poll();
    await askToPark('e1');
    clock.advance(60_000);
    await poll();
    const before = statuses();
    largeData.isDown = false;

    await settleAll();

    expect([before, statuses()]).toEqual([{}, { e1: 'parked' }]);
  });
});

describe('a large event that is parked', () => {
  async function parkedLarge(payload: 'reread' | 'event' = 'event') {
    const world = largePeople({ payload });
    world.broken.add('e1');
    world.tellLarge('e1');
    await world.settleAll();
    world.broken.clear();
    return world;
  }

  it('keeps its data where it outlives the queue, and its size where all may see it', async () => {
    const { parked, largeData } = await parkedLarge();

    const { body = '', dataBytes } = parked.all()[0] ?? {};
    const { dataref } = JSON.parse(body);

    expect(dataref).toMatch(/^parked\/test\/people-to-payers\/e1\//);
    expect(dataBytes).toBe(largeData.objects.get(dataref)?.length);
    expect((await parked.look(flow, 'e1'))?.dataBytes).toBe(dataBytes);
  });

  it('is delivered from there when it is released, however long that takes', async () => {
    const { parked, largeData, release, settleAll, destination, statuses } = await parkedLarge();
    for (const key of largeData.objects.keys()) if (key.startsWith('events/')) largeData.objects.delete(key);

    await release('e1');
    await settleAll();

    expect(statuses()).toEqual({ e1: 'delivered' });
    expect([...destination.records.values()]).toMatchObject([{ title: 'v1' }]);
    expect(parked.all()[0]?.body).toBeUndefined();
  });
});
