import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../functions/state/health.ts';
import { parkedPeople } from './support/parked-people.ts';

const busy = { kind: 'busy', code: 'rate_limit', retryAfterMs: 10_000 } as const;
const letter = { reason: 'operator: known bad', category: 'operator', lastErrorCode: 'parked-by-operator' };

describe('an event that an operator asks to have parked', () => {
  it('is parked at its next receive, without a call, and the next of its key goes on', async () => {
    const { tell, poll, settleAll, askToPark, destination, parked } = parkedPeople();
    destination.fail('write', busy, 1);
    for (const id of ['e1', 'e2']) tell(id);
    await poll();

    await askToPark('e1');
    await settleAll();

    // e2 is a later state, and supersedes it.
    expect(destination.asked.map(({ correlationId }) => correlationId)).toEqual(['e1', 'e2']);
    expect(parked.all()).toMatchObject([{ eventId: 'e1', status: 'superseded', letter }]);
  });

  it('is parked while its flow is held, where nothing stands before it; the rest waits', async () => {
    const { tell, poll, park, clock, askToPark, source, statuses, queue, table } = parkedPeople({ count: 2 });
    const health = createHealth(table, 'test');
    const seen = await health.readHold('people-to-payers');
    await health.replaceHold('people-to-payers', seen, { reason: 'operator', refused: undefined });
    for (const id of ['e1', 'e2']) tell(id);
    for (const id of ['f1', 'f2']) tell(id, { subject: 'p2' });
    await poll();

    await askToPark('e1');
    await askToPark('f2');
    clock.advance(30_000);
    await poll();
    await park();

    expect(source.asked).toEqual([]);
    expect(statuses()).toEqual({ e1: 'parked' });
    expect(queue.messages.map(({ body }) => JSON.parse(body).id)).toEqual(['e2', 'f1', 'f2']);
  });

  it('is parked while the breaker of its system is open', async () => {
    const { tell, poll, park, clock, askToPark, destination, statuses } = parkedPeople();
    destination.fail('write', { kind: 'auth', code: 'INVALID_SESSION_ID', status: 401 });
    destination.fail('probe', { kind: 'auth', code: 'INVALID_SESSION_ID', status: 401 });
    tell('e1');
    await poll();

    await askToPark('e1');
    clock.advance(60_000);
    await poll();
    await park();

    expect(statuses()).toEqual({ e1: 'parked' });
  });

  it('is not parked again by the same wish once it is released', async () => {
    const { tell, poll, settleAll, askToPark, release, destination, written, statuses } = parkedPeople();
    destination.fail('write', busy, 2);
    tell('e1');
    await poll();
    await askToPark('e1');
    await settleAll();

    await release('e1');
    await settleAll();

    expect(statuses()).toEqual({ e1: 'delivered' });
    expect(written.slice(-1)).toEqual(['e1']);
  });

  it('that was delivered before stays delivered', async () => {
    const { tell, invoke, poll, clock, askToPark, parked, written, queue } = parkedPeople();
    tell('e1');
    await invoke(queue.receive());
    await askToPark('e1');

    // Nobody deleted it.
    clock.advance(180_000);
    await poll();

    expect(written).toEqual(['e1']);
    expect(parked.all()).toEqual([]);
    expect(queue.messages).toEqual([]);
  });
});
