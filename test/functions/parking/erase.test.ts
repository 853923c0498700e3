import { describe, expect, it } from 'vitest';
import { erase } from '../../../functions/parking/erase.ts';
import { eventKey } from '../../../functions/state/once.ts';
import { aParkedEvent } from './support/parked-events.ts';
import { aParking, flow, key, racing, subject } from './support/parking.ts';

describe('erase', () => {
  it('leaves of all events of a key only that they were there, whatever became of them', async () => {
    const { services, given, store, list } = aParking();
    await given({ e1: 'parked', e2: 'waiting' });
    await store.add(aParkedEvent({ eventId: 'e0', status: 'delivered' }));
    await store.add(aParkedEvent({ eventId: 'f1', subject: 'p2' }));

    const erased = await erase(key, services);

    const [e1Left, , , f1] = store.all();
    expect(erased).toEqual({ erased: 3, inProgress: 0 });
    expect(e1Left).toMatchObject({ eventId: 'e1', status: 'erased', subject: undefined, body: undefined, groupId: '' });
    expect(f1).toMatchObject({ eventId: 'f1', status: 'parked' });
    expect(await list()).toEqual({ ids: [], due: false });
  });

  it('removes the data of large ones, and tries again where the bucket could not be had', async () => {
    const { services, given, largeData, statuses } = aParking();
    await given({ e1: 'parked', e2: 'parked' });
    for (const id of ['e1', 'e2', 'f1']) largeData.hold(flow, id, id);
    largeData.isDown = true;

    await expect(erase(key, services)).rejects.toThrow('the bucket');
    const before = statuses();
    largeData.isDown = false;
    await erase(key, services);

    expect(before).toEqual({ e1: 'parked', e2: 'parked' });
    expect([...largeData.objects.values()]).toEqual(['"f1"']);
    expect(statuses()).toEqual({ e1: 'erased', e2: 'erased' });
  });

  it('erases what is on its way into the table, before it comes', async () => {
    const { services, listed, store } = aParking();
    await listed(['e1']);

    await erase(key, services);
    const added = await store.add(aParkedEvent({ eventId: 'e1' }));

    expect(added).toBe(false);
    expect(store.all()).toMatchObject([{ eventId: 'e1', status: 'erased' }]);
  });

  // Bug: cut off after it had emptied the list, a repeat found no trace of what was still on its way into the table.
  // Fix: the list is emptied last.
  it('finds what is on its way into the table again, where it was cut off', async () => {
    const { services, listed, store } = aParking();
    await listed(['e1']);
    racing(store, 'erase', () => Promise.reject(new Error('cut off')));

    await expect(erase(key, services)).rejects.toThrow('cut off');
    await erase(key, services);

    expect(await store.add(aParkedEvent({ eventId: 'e1' }))).toBe(false);
  });

  it('releases nothing of what it erases', async () => {
    const { services, given, sent } = aParking();
    await given({ e1: 'parked', e2: 'waiting', e3: 'waiting' });

    await erase(key, services);

    expect(sent).toEqual([]);
  });

  it('tells what it had to leave, since it is being delivered, and erases that the next time', async () => {
    const { services, given, once, clock, statuses } = aParking();
    await given({ e1: 'releasing', e2: 'waiting' });
    void once(eventKey(flow, 'e1', subject), () => new Promise(() => {}));

    const first = await erase(key, services);
    clock.advance(31_000);
    const second = await erase(key, services);

    expect([first, second]).toEqual([
      { erased: 1, inProgress: 1 },
      { erased: 1, inProgress: 0 },
    ]);
    expect(statuses()).toEqual({ e1: 'erased', e2: 'erased' });
  });

  it('forgets nothing of a key of which nothing is parked', async () => {
    const { services } = aParking();

    expect(await erase(key, services)).toEqual({ erased: 0, inProgress: 0 });
  });
});
