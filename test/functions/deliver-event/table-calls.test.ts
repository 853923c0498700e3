import { describe, expect, it } from 'vitest';
import { people } from './support/people.ts';
import type { TableCall } from './support/state-table.ts';

/** Calls by step and kind of item, counted: `put answers x 2`. */
function counted(calls: readonly TableCall[]): string[] {
  const names = calls.map(({ step, keys }) => `${step} ${keys[0]?.split(':')[0]}`);
  return [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${name} x ${all.length}`).toSorted();
}

/** Five people who are linked, each with an event in the queue; `batch` answers what one batch asked of the table. */
function fivePeople() {
  const delivery = people(5);
  const { ids, source, destination, send, poll, table } = delivery;
  for (const id of ids) {
    source.records.set(id, { name: id, bill_id: `b-${id}` });
    destination.records.set(`b-${id}`, { title: id, crm_id: id });
  }
  async function batch() {
    table.calls.length = 0;
    for (const subject of ids) send({ subject });
    await poll();
    return counted(table.calls);
  }
  return { ...delivery, batch };
}

describe('what DynamoDB is asked on the good path', () => {
  it("is Powertools' two writes an event and a look at its key's park list, once warm, within a second", async () => {
    const { batch } = fivePeople();
    await batch();

    expect(await batch()).toEqual(['complete event x 5', 'get parked x 5', 'lock event x 5']);
  });

  it('is once a second whether a flow is held or a breaker open, in small reads', async () => {
    const { batch, clock } = fivePeople();
    await batch();
    clock.advance(1_000);

    expect(await batch()).toEqual([
      'complete event x 5',
      'get breaker x 2',
      'get hold x 1',
      'get parked x 5',
      'lock event x 5',
    ]);
  });

  it('is to take a note every ten seconds of what answered: two operations, two systems, one flow', async () => {
    const { batch, clock } = fivePeople();
    await batch();
    clock.advance(10_000);

    expect(await batch()).toEqual([
      'complete event x 5',
      'get answers x 5',
      'get breaker x 2',
      'get hold x 1',
      'get parked x 5',
      'lock event x 5',
      'put answers x 5',
    ]);
  });

  it('never reads or writes a history', async () => {
    const { batch, histories } = fivePeople();

    const asked = [...(await batch()), ...(await batch())];

    expect(asked.join()).not.toContain('history');
    expect(histories()).toEqual({});
  });
});

describe('what DynamoDB is asked on the failure path', () => {
  it('is one write for all histories of a group, and one read for all of a batch', async () => {
    const { send, poll, clock, destination, table } = fivePeople();
    destination.intercept(({ id, operation }) =>
      id === 'p1' ? { kind: 'busy', code: 'rate_limit', operation, retryAfterMs: 1_000 } : undefined,
    );
    const events = ['evt_a', 'evt_b', 'evt_c'];
    const first = events.map((id) => send({ id, subject: 'p1' }));
    send({ subject: 'p2' });
    const historyCalls = () => table.calls.filter(({ keys }) => keys[0]?.startsWith('history:'));
    const keys = first.map((id) => `history:test:${id}`);
    const requests = events.map((id) => `park-request:test:people-to-payers:${id}`);

    await poll();
    const failing = historyCalls();
    destination.recover();
    clock.advance(1_000);
    send({ subject: 'p3' });
    await poll();

    expect(failing).toEqual([{ step: 'putMany', keys }]);
    expect(
      historyCalls()
        .slice(1)
        .map(({ step }) => step),
    ).toEqual(['getMany']);
    expect(historyCalls()[1]?.keys.toSorted()).toEqual([...keys, ...requests].toSorted());
  });

  it('is the history before the hand-back: what SQS shows again is explained', async () => {
    const { send, poll, destination, port, histories } = fivePeople();
    destination.fail('write', { kind: 'busy', code: 'rate_limit' });
    const messageId = send({ subject: 'p1' });
    const known: unknown[] = [];
    port.handBack = async () => {
      known.push(histories()[messageId]);
    };

    await poll();

    expect(known).toMatchObject([{ explained: 1 }]);
  });
});
