import { describe, expect, it } from 'vitest';
import { leave } from '../../../functions/parking/leave.ts';
import { aParking, flow, key, racing, subject } from './support/parking.ts';

describe('leave', () => {
  it('takes the first event off a list that halts, and releases the next one: the list is written first', async () => {
    const { services, given, sent, list, table } = aParking();
    await given({ e1: 'releasing', e2: 'waiting', e3: 'waiting' });
    const atSending: unknown[] = [];
    const watched = {
      ...services,
      releases: {
        release: async (...what: Parameters<typeof services.releases.release>) => {
          atSending.push(JSON.parse(table.rows.get('parked:test:people-to-payers:p1')?.value ?? '').due);
          await services.releases.release(...what);
        },
      },
    };

    await leave(key, ['e1'], watched);

    expect(await list()).toEqual({ ids: ['e2', 'e3'], due: true });
    expect(sent).toEqual(['e2@1']);
    expect(atSending).toEqual([true]);
  });

  it('releases again what is due, and writes nothing, where it is repeated', async () => {
    const { services, given, sent, table } = aParking();
    await given({ e1: 'releasing', e2: 'waiting' });
    await leave(key, ['e1'], services);
    table.calls.length = 0;

    await leave(key, ['e1'], services);

    expect(sent).toEqual(['e2@1', 'e2@1']);
    expect(table.calls.map(({ step }) => step)).not.toContain('replace');
  });

  it('leaves the next one due that is not in the table yet', async () => {
    const { services, given, listed, sent, list } = aParking();
    await given({ e1: 'releasing' });
    await listed(['e1', 'e2']);

    await leave(key, ['e1'], services);

    expect(await list()).toEqual({ ids: ['e2'], due: true });
    expect(sent).toEqual([]);
  });

  it('releases nothing where the first event stays, or the list halts nothing', async () => {
    const { services, given, listed, sent, list } = aParking();
    await given({ e1: 'parked', e2: 'waiting', e3: 'waiting' });

    await leave(key, ['e2'], services);
    const halted = await list();
    await listed(['e1', 'e3'], { halts: false });
    await leave(key, ['e1'], services);

    expect(halted).toEqual({ ids: ['e1', 'e3'], due: false });
    expect(await list()).toEqual({ ids: ['e3'], due: false });
    expect(sent).toEqual([]);
  });

  it('does not wait for one that is settled, and goes on to the one behind it', async () => {
    const { services, given, sent, list } = aParking();
    await given({ e1: 'releasing', e2: 'discarded', e3: 'waiting' });

    await leave(key, ['e1'], services);

    expect(await list()).toEqual({ ids: ['e3'], due: true });
    expect(sent).toEqual(['e3@1']);
  });

  it('writes nothing where there is no list', async () => {
    const { services, table } = aParking();

    await leave(key, ['e1'], services);

    expect(table.rows.size).toBe(0);
  });

  it('keeps what joined meanwhile', async () => {
    const { services, given, lists, table, list } = aParking();
    await given({ e1: 'releasing' });
    racing(table, 'replace', async () => {
      const seen = await lists.read(flow, subject);
      const joined = { eventId: 'e2', generation: 1, letter: undefined, superseded: false };
      await lists.replace(flow, subject, seen, { ...seen, events: [...seen.events, joined] });
    });

    await leave(key, ['e1'], services);

    expect(await list()).toEqual({ ids: ['e2'], due: true });
  });

  it('is given up where the list changes again and again, to be done once more', async () => {
    const { services, given, lists, table } = aParking();
    await given({ e1: 'releasing' });
    let isOurs = false;
    table.before.push(async ({ step }) => {
      if (step !== 'replace' || isOurs) return;
      isOurs = true;
      const seen = await lists.read(flow, subject);
      await lists.replace(flow, subject, seen, seen);
      isOurs = false;
    });

    await expect(leave(key, ['e1'], services)).rejects.toThrow('changed 5 times meanwhile. Do it again.');
  });
});
