import { describe, expect, it } from 'vitest';
import { parkedPeople } from './support/parked-people.ts';

const halting = { afterDeadLetter: 'halt-key' } as const;

/** p1's first event is parked, and two more stand behind it. */
async function aHaltedKey() {
  const world = parkedPeople({ ...halting, count: 2 });
  const { broken, tell, settleAll } = world;
  broken.add('e1');
  for (const id of ['e1', 'e2', 'e3']) tell(id);
  await settleAll();
  return world;
}

describe('a key that a parked event halts', () => {
  it('delivers nothing behind it: later events join its end, without alarm, and other keys go on', async () => {
    const { tell, settleAll, statuses, listed, written, telemetry } = await aHaltedKey();

    tell('f1', { subject: 'p2' });
    await settleAll();

    expect(written).toEqual(['f1']);
    expect(statuses()).toEqual({ e1: 'parked', e2: 'waiting', e3: 'waiting' });
    expect(await listed()).toEqual(['e1', 'e2', 'e3']);
    expect(telemetry.counts.get('EventDeadLettered')).toBe(1);
    expect(telemetry.counts.get('EventHalted')).toBe(2);
    const told = telemetry.lines.filter(({ message }) => message === 'event halted');
    expect(told.map(({ level, eventId }) => [level, eventId])).toEqual([
      ['info', 'e2'],
      ['info', 'e3'],
    ]);
  });

  it('is delivered in order once its first event is released: each that settles releases the next', async () => {
    const { broken, release, settleAll, statuses, listed, written, table } = await aHaltedKey();
    broken.clear();

    const released = await release('e1');
    await settleAll();

    expect(released).toBe('released');
    expect(written).toEqual(['e1', 'e2', 'e3']);
    expect(statuses()).toEqual({ e1: 'delivered', e2: 'delivered', e3: 'delivered' });
    expect(await listed()).toEqual([]);
    expect(table.rows.get('parked:test:people-to-payers:p1')?.expiresAt).toBeGreaterThan(Date.now() / 1000);
  });

  it('lets what comes while it is released wait behind what is in the list', async () => {
    const { broken, release, tell, poll, settleAll, written, statuses } = await aHaltedKey();
    broken.clear();
    await release('e1');
    await poll();

    tell('e4');
    await settleAll();

    expect(written).toEqual(['e1', 'e2', 'e3', 'e4']);
    expect(Object.values(statuses())).toEqual(Array(4).fill('delivered'));
  });

  it('is halted again where a released event fails: it is parked once more, at its place', async () => {
    const { broken, release, settleAll, statuses, listed, written, parked } = await aHaltedKey();
    broken.clear();
    broken.add('e2');

    await release('e1');
    await settleAll();

    expect(written).toEqual(['e1']);
    expect(statuses()).toEqual({ e1: 'delivered', e2: 'parked', e3: 'waiting' });
    expect(await listed()).toEqual(['e2', 'e3']);
    const [, again] = parked.all();
    expect(again).toMatchObject({ eventId: 'e2', generation: 2, letter: { lastErrorCode: 'BROKEN' } });
  });

  it('goes on with the next event where the first is discarded, and knows a repeat of that', async () => {
    const { broken, discard, tell, clock, settleAll, statuses, written } = await aHaltedKey();
    broken.clear();

    const discarded = await discard('e1', 'a test of ours');
    await settleAll();
    clock.advance(6 * 60_000);
    tell('e1');
    await settleAll();

    expect(discarded).toBe('discarded');
    expect(written).toEqual(['e2', 'e3']);
    expect(statuses()).toEqual({ e1: 'discarded', e2: 'delivered', e3: 'delivered' });
  });

  it('stays halted where one that only waits is discarded', async () => {
    const { broken, discard, settleAll, statuses, listed, written } = await aHaltedKey();
    broken.clear();

    await discard('e2');
    await settleAll();

    expect(written).toEqual([]);
    expect(statuses()).toEqual({ e1: 'parked', e2: 'discarded', e3: 'waiting' });
    expect(await listed()).toEqual(['e1', 'e3']);
  });

  it('lets nobody release one behind the first', async () => {
    const { release, settleAll, statuses } = await aHaltedKey();

    const released = await release('e2');
    await settleAll();

    expect(released).toBe('behind');
    expect(statuses()).toEqual({ e1: 'parked', e2: 'waiting', e3: 'waiting' });
  });

  it('is not begun by an event that is only tried again', async () => {
    const { tell, settleAll, destination, written, listed } = parkedPeople(halting);
    destination.fail('write', { kind: 'busy', code: 'rate_limit', retryAfterMs: 5_000 }, 3);
    for (const id of ['e1', 'e2']) tell(id);

    await settleAll();

    expect(written).toEqual(['e1', 'e1', 'e1', 'e1', 'e2']);
    expect(await listed()).toEqual([]);
  });
});

describe('a repeat of an event of a halted key', () => {
  it('is parked where it stands, and joins the list no second time', async () => {
    const { tell, clock, settleAll, listed, statuses, parked } = await aHaltedKey();
    clock.advance(6 * 60_000);

    for (const id of ['e1', 'e3']) tell(id);
    await settleAll();

    expect(await listed()).toEqual(['e1', 'e2', 'e3']);
    expect(statuses()).toEqual({ e1: 'parked', e2: 'waiting', e3: 'waiting' });
    expect(parked.all().map(({ generation }) => generation)).toEqual([1, 1, 1]);
  });
});
