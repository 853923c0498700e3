import { beforeEach, describe, expect, it } from 'vitest';
import { withParked } from '../../../functions/engine/park-list.ts';
import { eventKey } from '../../../functions/state/once.ts';
import { fromSalesforce, fromStripe, integration, MemoryStage, nowMs } from '../support/stage.ts';
import { type Situation, millrace as typed } from '../support/typed.ts';

let stage: MemoryStage;

const situation = (more: Partial<Situation> = {}): Situation => ({
  openStage: async () => stage,
  now: () => nowMs,
  ...more,
});

const millrace = (...words: readonly string[]) => typed(situation(), ...words);

beforeEach(() => {
  stage = new MemoryStage();
});

/** Delivery has the event right now, and does not end. */
async function deliver(eventId: string): Promise<void> {
  const begun = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const work = () => {
    begun.resolve();
    return never;
  };
  void stage.parkingOf().once(fromStripe)(eventKey(fromStripe, eventId, 'cus_1'), work);
  await begun.promise;
}

describe('millrace parked discard', () => {
  it('settles one with its reason, and lets go what stands behind it', async () => {
    await stage.park('evt_1', { halts: true });
    await stage.park('evt_2', { status: 'waiting' });

    const { code, out } = await millrace('parked', 'discard', 'evt_1', '--reason', 'a duplicate of ticket 7');

    expect([code, out]).toEqual([0, expect.stringContaining(`Discarded evt_1 of ${fromStripe}.`)]);
    expect(out).toContain('evt_2 stood behind it, and is next');
    expect(stage.statuses()).toEqual({ evt_1: 'discarded', evt_2: 'releasing' });
    expect((await millrace('parked', 'show', 'evt_1')).out).toContain('a duplicate of ticket 7');
  });

  it('given twice, says so and keeps the first reason', async () => {
    await stage.park('evt_1');
    await millrace('parked', 'discard', 'evt_1', '--reason', 'first');

    const { code, out } = await millrace('parked', 'discard', 'evt_1', '--reason', 'second');

    expect([code, out]).toEqual([0, `evt_1 of ${fromStripe} was discarded already: first.`]);
  });

  it.each(['delivered', 'superseded', 'erased'] as const)('refuses one that is %s', async (status) => {
    await stage.park('evt_1', { status });

    const { code, err } = await millrace('parked', 'discard', 'evt_1', '--reason', 'late');

    expect([code, err]).toEqual([1, expect.stringContaining(`is settled already: it is ${status}`)]);
  });

  it('leaves alone what is being delivered right now', async () => {
    await stage.park('evt_1', { status: 'releasing' });
    await deliver('evt_1');

    const { code, err } = await millrace('parked', 'discard', 'evt_1', '--reason', 'late');

    expect([code, err]).toEqual([1, expect.stringContaining('is being delivered right now. Look at it again')]);
    expect(stage.statuses()).toEqual({ evt_1: 'releasing' });
  });

  it('names the nearest where nothing has that id', async () => {
    await stage.park('evt_12');

    const { code, err } = await millrace('parked', 'discard', 'evt_21', '--reason', 'late');

    expect([code, err]).toEqual([3, expect.stringContaining("Did you mean 'evt_12'?")]);
  });
});

describe('millrace parked erase', () => {
  beforeEach(async () => {
    await stage.park('evt_1');
    await stage.park('evt_2', { status: 'delivered', body: undefined });
    await stage.park('evt_3', { flow: fromSalesforce });
    await stage.park('evt_4', { subject: 'cus_2' });
  });

  it('shows what it would erase, asks, erases it in every flow, and says where copies may be', async () => {
    const { code, out, questions } = await typed(situation({ answer: true }), 'parked', 'erase', '--key', 'cus_1');

    expect([code, questions]).toEqual([0, ['Erase 3 events of the key cus_1 in stage local, for good?']]);
    expect(out).toMatch(/evt_2 .* delivered/);
    expect(out).toContain('Erased 3 events.');
    expect(out).toMatch(/queues, for at most 14 days.*backups/s);
    expect(stage.statuses()).toEqual({ evt_1: 'erased', evt_2: 'erased', evt_3: 'erased', evt_4: 'parked' });
    expect(JSON.stringify(stage.store.all().slice(0, 3))).not.toMatch(/cus_1|ada@example/);
  });

  it('erases what is still on its way into the table, too', async () => {
    const list = await stage.lists.read(fromStripe, 'cus_9');
    const next = withParked(list, { eventId: 'evt_9', generation: 1, letter: undefined }, true);
    await stage.lists.replace(fromStripe, 'cus_9', list, next);

    const { code, out } = await millrace('parked', 'erase', '--key', 'cus_9', '--yes');

    expect([code, out]).toEqual([0, expect.stringContaining('Erased 1 event.')]);
    expect(stage.statuses()).toMatchObject({ evt_9: 'erased' });
  });

  it('says so where delivery has some of them now, and goes on when it is given again', async () => {
    await deliver('evt_1');

    const { code, out, err } = await millrace('parked', 'erase', '--key', 'cus_1', '--flow', fromStripe, '--yes');

    expect([code, out]).toEqual([1, 'Erased 1 event.']);
    expect(err).toContain('1 event could not be erased: delivery has them now. Give the command again in a minute.');
    expect(stage.statuses()).toMatchObject({ evt_1: 'parked', evt_2: 'erased' });
  });

  it('keeps to a flow', async () => {
    await millrace('parked', 'erase', '--key', 'cus_1', '--flow', fromSalesforce, '--yes');

    expect(stage.statuses()).toMatchObject({ evt_1: 'parked', evt_2: 'delivered', evt_3: 'erased' });
  });

  it.each([
    ['no', { answer: false }, 1, 'Nothing was erased'],
    ['Ctrl-C', { answer: 'Ctrl-C' }, 130, 'nothing was done'],
    ['no terminal to ask in', {}, 2, 'This erases 3 events of the key cus_1 in stage local. Add --yes'],
  ] as const)('does nothing where the answer is %s', async (_, more, exit, message) => {
    const { code, err } = await typed(situation(more), 'parked', 'erase', '--key', 'cus_1');

    expect([code, err]).toEqual([exit, expect.stringContaining(message)]);
    expect(stage.statuses()).toMatchObject({ evt_1: 'parked' });
  });

  it('does not let a mistyped key pass for an erased one', async () => {
    const { code, err } = await millrace('parked', 'erase', '--key', 'cus_3', '--yes');

    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/Nothing is parked of the key 'cus_3'\. Did you mean 'cus_/),
    ]);
  });
});

describe('millrace park', () => {
  const requests = () => stage.table.valuesOf(`park-request:${integration}:`);

  it('asks every flow to park it, and says when that happens', async () => {
    const { code, out } = await millrace('park', 'evt_1', '--reason', 'it blocks its key');

    expect(code).toBe(0);
    expect(out).toContain('within half an hour');
    expect(Object.keys(requests()).toSorted()).toEqual([`${fromSalesforce}:evt_1`, `${fromStripe}:evt_1`]);
    expect(Object.values(requests())[0]).toMatchObject({ reason: 'it blocks its key' });
  });

  it('asks only the flow that is named; given twice, it changes nothing', async () => {
    const once = await millrace('park', 'evt_1', '--reason', 'why', '--flow', fromStripe);
    const twice = await millrace('park', 'evt_1', '--reason', 'why', '--flow', fromStripe);

    expect([once.code, twice.code, twice.out]).toEqual([0, 0, once.out]);
    expect(Object.keys(requests())).toEqual([`${fromStripe}:evt_1`]);
  });

  it('says so where it is parked already', async () => {
    await stage.park('evt_1');

    const { code, out } = await millrace('park', 'evt_1', '--reason', 'why', '--flow', fromStripe);

    expect([code, out]).toEqual([0, expect.stringContaining('parked already')]);
    expect(requests()).toEqual({});
  });
});
