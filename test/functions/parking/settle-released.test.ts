import { describe, expect, it } from 'vitest';
import { settleReleased } from '../../../functions/parking/settle-released.ts';
import { aParkedEvent } from './support/parked-events.ts';
import { aParking, key, racing } from './support/parking.ts';

const released = { ...key, eventId: 'e1' };
const delivered = { destinationId: 'b1', created: true };

describe('settleReleased', () => {
  it.each([
    ['delivered', delivered],
    ['delivered', { gone: true }],
    ['superseded', { older: true }],
    ['discarded', { discarded: true }],
  ] as const)('settles an event as %s, and lets the next one go', async (status, outcome) => {
    const { services, given, statuses, sent } = aParking();
    await given({ e1: 'releasing', e2: 'waiting' });

    await settleReleased(released, outcome, services);

    expect(statuses()).toEqual({ e1: status, e2: 'releasing' });
    expect(sent).toEqual(['e2@1']);
  });

  it('changes nothing where it is repeated, or the event is not in the table', async () => {
    const { services, given, statuses, clock, store } = aParking();
    await given({ e1: 'releasing' });
    await settleReleased(released, delivered, services);
    const [settled] = store.all();
    clock.advance(1_000);

    await settleReleased(released, { older: true }, services);
    await settleReleased({ ...released, eventId: 'e9' }, delivered, services);

    expect(store.all()).toEqual([settled]);
    expect(statuses()).toEqual({ e1: 'delivered' });
  });

  it('settles what a run beside it parked once more: it is done', async () => {
    const { services, given, store, statuses } = aParking();
    await given({ e1: 'releasing' });
    racing(store, 'move', () => store.add(aParkedEvent({ eventId: 'e1', generation: 2 })));

    await settleReleased(released, delivered, services);

    expect(statuses()).toEqual({ e1: 'delivered' });
  });
});
