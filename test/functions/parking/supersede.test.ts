import { describe, expect, it } from 'vitest';
import { finishSuperseded, noteSuperseded } from '../../../functions/parking/supersede.ts';
import { eventKey } from '../../../functions/state/once.ts';
import { aParking, flow, key, racing, subject } from './support/parking.ts';

const continues = { halts: false } as const;
const behind = { eventId: 'e3', generation: 1, letter: undefined, superseded: false };

/** e1 and e2 are parked, and what the list was then. */
async function twoParked() {
  const world = aParking();
  await world.given({ e1: 'parked', e2: 'parked' }, continues);
  const seen = await world.lists.read(flow, subject);
  const flags = async () => (await world.lists.read(flow, subject)).events.map(({ superseded }) => superseded);
  const finish = () => finishSuperseded(key, world.services, world.once);
  return { ...world, seen, flags, finish };
}

describe('noteSuperseded', () => {
  it('flags what was parked when the delivery began', async () => {
    const { services, seen, flags, statuses } = await twoParked();

    await noteSuperseded(key, seen, services);

    expect(await flags()).toEqual([true, true]);
    expect(statuses()).toEqual({ e1: 'parked', e2: 'parked' });
  });

  it('flags nothing that was parked meanwhile', async () => {
    const { services, seen, flags, lists, table } = await twoParked();
    racing(table, 'replace', async () => {
      const now = await lists.read(flow, subject);
      await lists.replace(flow, subject, now, { ...now, events: [...now.events, behind] });
    });

    await noteSuperseded(key, seen, services);

    expect(await flags()).toEqual([true, true, false]);
  });

  it('writes nothing where there is nothing to flag', async () => {
    const { services, seen, table } = await twoParked();
    await noteSuperseded(key, seen, services);
    table.calls.length = 0;

    await noteSuperseded(key, await services.lists.read(flow, subject), services);

    expect(table.calls.map(({ step }) => step)).toEqual(['get']);
  });
});

describe('finishSuperseded', () => {
  it('marks the events before it takes them off the list, and remembers them', async () => {
    const { services, seen, finish, statuses, list, once, table } = await twoParked();
    await noteSuperseded(key, seen, services);
    const atWriting: unknown[] = [];
    table.before.push(({ step }) => {
      if (step === 'replace') atWriting.push(statuses());
    });

    await finish();

    expect(atWriting).toEqual([{ e1: 'superseded', e2: 'superseded' }]);
    expect((await list()).ids).toEqual([]);
    const repeat = await once(eventKey(flow, 'e1', subject), async () => ({ gone: true }));
    expect(repeat).toMatchObject({ seenBefore: true, delivered: { older: true } });
  });

  it('leaves one that was released meanwhile to its delivery', async () => {
    const { services, seen, finish, store, statuses, list, clock } = await twoParked();
    await noteSuperseded(key, seen, services);
    const step = { from: ['parked'], to: 'releasing', atMs: clock.now() } as const;
    await store.move({ flow, eventId: 'e1', generation: 1 }, step);

    await finish();

    expect(statuses()).toEqual({ e1: 'releasing', e2: 'superseded' });
    expect((await list()).ids).toEqual([]);
  });

  it('leaves what was not noted', async () => {
    const { finish, statuses, list } = await twoParked();

    await finish();

    expect(statuses()).toEqual({ e1: 'parked', e2: 'parked' });
    expect((await list()).ids).toEqual(['e1', 'e2']);
  });

  it('does not wait for a lock that was left behind', async () => {
    const { services, seen, finish, once, statuses, list } = await twoParked();
    void once(eventKey(flow, 'e1', subject), () => new Promise(() => {}));
    await noteSuperseded(key, seen, services);

    await finish();

    expect(statuses()).toEqual({ e1: 'superseded', e2: 'superseded' });
    expect((await list()).ids).toEqual([]);
  });
});
