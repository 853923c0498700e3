import { describe, expect, it } from 'vitest';
import { askToPark } from '../../../functions/parking/ask-to-park.ts';
import { createParkRequests } from '../../../functions/state/park-requests.ts';
import { aParkedEvent } from './support/parked-events.ts';
import { aParking, flow } from './support/parking.ts';

/** What is written where an operator asks to have e1 parked. */
async function ask(world: ReturnType<typeof aParking>) {
  const requests = createParkRequests(world.table, 'test');
  const answer = await askToPark({ flow, eventId: 'e1' }, 'known bad', { store: world.store, requests });
  return { answer, written: world.table.valuesOf('park-request:test:people-to-payers:') };
}

describe('askToPark', () => {
  it('asks for an event that was never parked', async () => {
    const { answer, written } = await ask(aParking());

    expect(answer).toBe('asked');
    expect(written).toEqual({ e1: { reason: 'known bad', generation: 0 } });
  });

  it('asks for the life that a release began', async () => {
    const world = aParking();
    await world.store.add(aParkedEvent({ eventId: 'e1', status: 'releasing', generation: 2 }));

    expect((await ask(world)).written).toEqual({ e1: { reason: 'known bad', generation: 2 } });
  });

  it('asks anew for one that was settled: a repeat of it was never released', async () => {
    const world = aParking();
    await world.store.add(aParkedEvent({ eventId: 'e1', status: 'superseded', generation: 2 }));

    expect((await ask(world)).written).toEqual({ e1: { reason: 'known bad', generation: 0 } });
  });

  it.each(['parked', 'waiting'] as const)('asks nothing where it is %s already', async (status) => {
    const world = aParking();
    await world.store.add(aParkedEvent({ eventId: 'e1', status }));

    expect(await ask(world)).toEqual({ answer: 'parked', written: {} });
  });
});
