import { describe, expect, it } from 'vitest';
import { discard } from '../../../functions/parking/discard.ts';
import { eventKey } from '../../../functions/state/once.ts';
import { aParkedEvent } from './support/parked-events.ts';
import { aParking, flow, subject } from './support/parking.ts';

const e1 = { flow, eventId: 'e1' };
const delivered = { destinationId: 'b1', created: true };

describe('discard', () => {
  it.each(['parked', 'waiting', 'releasing'] as const)(
    'gives up one that is %s: it is remembered as done, and keeps what was said of it',
    async (status) => {
      const { services, given, store, once, list } = aParking();
      await given({ e1: status });

      const answer = await discard(e1, 'a test of ours', services);

      const repeat = await once(eventKey(flow, 'e1', subject), async () => delivered);
      expect(answer).toBe('discarded');
      expect(store.all()).toMatchObject([{ status: 'discarded', note: 'a test of ours', body: undefined }]);
      expect(repeat).toMatchObject({ seenBefore: true, delivered: { discarded: true } });
      expect(await list()).toEqual({ ids: [], due: false });
    },
  );

  it('removes the data of a large one with its message', async () => {
    const { services, given, largeData } = aParking();
    await given({ e1: 'parked' });
    for (const id of ['e1', 'e2']) largeData.hold(flow, id, id);

    await discard(e1, 'a test of ours', services);

    expect([...largeData.objects.values()]).toEqual(['"e2"']);
  });

  it('settles one as delivered that was, and only was not told so', async () => {
    const { services, given, store, once } = aParking();
    await given({ e1: 'releasing' });
    await once(eventKey(flow, 'e1', subject), async () => delivered);

    const answer = await discard(e1, 'too late', services);

    expect(answer).toBe('delivered');
    expect(store.all()).toMatchObject([{ status: 'delivered', note: undefined }]);
  });

  it('touches nothing while it is being delivered', async () => {
    const { services, given, once, statuses, list } = aParking();
    await given({ e1: 'releasing' });
    void once(eventKey(flow, 'e1', subject), () => new Promise(() => {}));

    expect(await discard(e1, 'now', services)).toBe('in-progress');
    expect(statuses()).toEqual({ e1: 'releasing' });
    expect((await list()).ids).toEqual(['e1']);
  });

  it('gives up what is no message of ours, which has no key', async () => {
    const { services, store, statuses } = aParking();
    await store.add(aParkedEvent({ eventId: 'm1', subject: undefined, eventType: undefined }));

    expect(await discard({ flow, eventId: 'm1' }, 'garbage', services)).toBe('discarded');
    expect(statuses()).toEqual({ m1: 'discarded' });
  });

  it('leaves what is settled, or not there', async () => {
    const { services, given, store } = aParking();
    await given({ e1: 'superseded' });
    const before = store.all();

    expect(await discard(e1, 'why not', services)).toBe('not-parked');
    expect(await discard({ flow, eventId: 'e9' }, 'why not', services)).toBe('absent');
    expect(store.all()).toEqual(before);
  });

  it('leaves it there to be seen until all else is done', async () => {
    const { services, given, table, statuses } = aParking();
    await given({ e1: 'parked', e2: 'waiting' });
    table.failing.add('replace');

    await expect(discard(e1, 'no use', services)).rejects.toThrow('throttled');
    const meanwhile = statuses();
    table.failing.clear();
    await discard(e1, 'no use', services);

    expect(meanwhile).toEqual({ e1: 'parked', e2: 'waiting' });
    expect(statuses()).toEqual({ e1: 'discarded', e2: 'releasing' });
  });
});
