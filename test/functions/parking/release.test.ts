import { describe, expect, it } from 'vitest';
import { release } from '../../../functions/parking/release.ts';
import { aParkedEvent } from './support/parked-events.ts';
import { aParking, flow, racing } from './support/parking.ts';

const e1 = { flow, eventId: 'e1' };

describe('release', () => {
  it.each(['parked', 'waiting'] as const)('sends one that is %s, once it is known to be on its way', async (status) => {
    const { services, given, sent, statuses, telemetry, store } = aParking();
    await given({ e1: status });
    const atSending: unknown[] = [];
    const watched = {
      ...services,
      releases: {
        release: async (...what: Parameters<typeof services.releases.release>) => {
          atSending.push(store.all()[0]?.status);
          await services.releases.release(...what);
        },
      },
    };

    const released = await release(e1, watched);

    expect(released).toBe('released');
    expect(atSending).toEqual(['releasing']);
    expect(sent).toEqual(['e1@1']);
    expect(statuses()).toEqual({ e1: 'releasing' });
    expect(telemetry.lines).toMatchObject([
      { message: 'event released', eventId: 'e1', subject: 'p1', correlationId: 'corr-1' },
    ]);
    expect(telemetry.counts.get('EventReleased')).toBe(1);
  });

  it('sends one again that is on its way: nobody knows whether it got there', async () => {
    const { services, given, sent } = aParking();
    await given({ e1: 'releasing' });

    await release(e1, services);

    expect(sent).toEqual(['e1@1']);
  });

  it('sends with it the message as it was in the queue, and the group that it was in', async () => {
    const { services, store } = aParking();
    await store.add(aParkedEvent({ eventId: 'e1', generation: 3, body: '{"id":"e1"}', groupId: 'g9' }));
    const asked: unknown[] = [];

    await release(e1, { ...services, releases: { release: async (...what) => void asked.push(what) } });

    expect(asked).toMatchObject([[{ flow, eventId: 'e1', generation: 3, groupId: 'g9' }, '{"id":"e1"}']]);
  });

  it.each(['delivered', 'superseded', 'discarded', 'erased'] as const)('leaves one that is %s', async (status) => {
    const { services, given, sent } = aParking();
    await given({ e1: status });

    expect(await release(e1, services)).toBe('not-parked');
    expect(sent).toEqual([]);
  });

  it('leaves what is no message of ours, and what is not there', async () => {
    const { services, store, sent } = aParking();
    await store.add(aParkedEvent({ eventId: 'e1', subject: undefined, eventType: undefined }));

    expect(await release(e1, services)).toBe('no-message');
    expect(await release({ flow, eventId: 'e2' }, services)).toBe('absent');
    expect(sent).toEqual([]);
  });

  it('sends one again that is being settled right now, and is off its list: an operator is told no nonsense', async () => {
    const { services, given, listed, sent } = aParking();
    await given({ e1: 'releasing', e2: 'waiting' });
    await listed(['e2']);

    const released = await release(e1, services);

    expect(released).toBe('released');
    expect(sent).toEqual(['e1@1']);
  });

  it('leaves one behind the first of a key that is halted, and none of a key that is not', async () => {
    const { services, given, listed, sent } = aParking();
    await given({ e1: 'parked', e2: 'waiting' });

    const behind = await release({ flow, eventId: 'e2' }, services);
    await listed(['e1', 'e2'], { halts: false });
    const beside = await release({ flow, eventId: 'e2' }, services);

    expect([behind, beside]).toEqual(['behind', 'released']);
    expect(sent).toEqual(['e2@1']);
  });

  it('is done by one of two: the other finds what the first made of it', async () => {
    const { services, given, sent, store, statuses, clock } = aParking();
    await given({ e1: 'parked' });
    const step = { from: ['parked'], to: 'discarded', atMs: clock.now() } as const;
    racing(store, 'move', () => store.move({ flow, eventId: 'e1', generation: 1 }, step));

    const released = await release(e1, services);

    expect(released).toBe('not-parked');
    expect(sent).toEqual([]);
    expect(statuses()).toEqual({ e1: 'discarded' });
  });

  it('goes on with what was parked once more meanwhile', async () => {
    const { services, given, sent, store } = aParking();
    await given({ e1: 'parked' });
    racing(store, 'move', () => store.add(aParkedEvent({ eventId: 'e1', generation: 2 })));

    await release(e1, services);

    expect(sent).toEqual(['e1@2']);
  });
});
