import { describe, expect, it } from 'vitest';
import { type History, noHistory } from '../../../functions/contract/delivery.ts';
import { createHistories } from '../../../functions/state/histories.ts';
import { createParkRequests } from '../../../functions/state/park-requests.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';

const full: History = {
  attempts: 4,
  deferrals: 2,
  firstAttemptMs: 1_000,
  othersSucceeded: [true, false, true],
  explained: 7,
  suspect: true,
  marks: 2,
  firstMarkMs: 2_000,
  parkAs: { reason: 'attempts: 5 calls failed', category: 'transient', code: 'timeout' },
};

function theHistories() {
  const table = new MemoryTable();
  const histories = createHistories(table, 'shop');
  const read = (...ids: string[]) => histories.read(ids.map((messageId) => ({ messageId, event: undefined })));
  return { table, histories, read, requests: createParkRequests(table, 'shop') };
}

it('come back as they were written, those that there are', async () => {
  const { histories, read } = theHistories();
  await histories.write(new Map([['m1', full]]));
  await histories.write(new Map([['m2', noHistory]]));

  const found = await read('m1', 'm2', 'm3');

  expect(found).toEqual(
    new Map([
      ['m1', full],
      ['m2', noHistory],
    ]),
  );
});

it('are written and read in one call each, under a name of their own, and kept longer than SQS keeps a message', async () => {
  const { table, histories, read } = theHistories();

  await histories.write(
    new Map([
      ['m1', noHistory],
      ['m2', full],
    ]),
  );
  await read('m2', 'm1');

  expect(table.calls).toEqual([
    { step: 'putMany', keys: ['history:shop:m1', 'history:shop:m2'] },
    { step: 'getMany', keys: ['history:shop:m2', 'history:shop:m1'] },
  ]);
  const days = ((table.rows.get('history:shop:m1')?.expiresAt ?? 0) - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(14.9);
});

it('replace what was there', async () => {
  const { histories, read } = theHistories();
  await histories.write(new Map([['m1', full]]));

  await histories.write(new Map([['m1', noHistory]]));

  expect((await read('m1')).get('m1')).toEqual(noHistory);
});

it('fail when the table does, or holds none of ours', async () => {
  const { table, histories, read } = theHistories();
  await table.put('history:shop:m1', { attempts: 'many' });

  await expect(read('m1')).rejects.toThrow();
  table.failing.add('putMany');
  await expect(histories.write(new Map([['m1', full]]))).rejects.toThrow('throttled');
});

describe('what an operator asks to have parked', () => {
  const evt = (messageId: string, releasedGeneration?: number) => ({
    messageId,
    event: { flow: 'to-ledger', eventId: 'evt_1', releasedGeneration },
  });

  it('is read in the same call, for every message of the event, and is the decision', async () => {
    const { table, histories, requests } = theHistories();
    await requests.write('to-ledger', 'evt_1', { reason: 'known bad', generation: 0 });
    await histories.write(new Map([['m1', { ...noHistory, attempts: 3 }]]));
    table.calls.length = 0;

    const found = await histories.read([evt('m1'), evt('m2'), { messageId: 'm3', event: undefined }]);

    const parkAs = { reason: 'operator: known bad', category: 'operator', code: 'parked-by-operator' };
    expect(found).toEqual(
      new Map([
        ['m1', { ...noHistory, attempts: 3, parkAs }],
        ['m2', { ...noHistory, parkAs }],
      ]),
    );
    const asked = 'park-request:shop:to-ledger:evt_1';
    expect(table.calls).toEqual([
      { step: 'getMany', keys: ['history:shop:m1', asked, 'history:shop:m2', 'history:shop:m3'] },
    ]);
  });

  it('leaves a decision as it was', async () => {
    const { histories, requests } = theHistories();
    await requests.write('to-ledger', 'evt_1', { reason: 'known bad', generation: 0 });
    await histories.write(new Map([['m1', full]]));

    expect((await histories.read([evt('m1')])).get('m1')).toEqual(full);
  });

  it('is about one life of the event: what was parked then, and is released, is tried anew', async () => {
    const { histories, requests } = theHistories();
    await requests.write('to-ledger', 'evt_1', { reason: 'known bad', generation: 1 });

    const found = await histories.read([evt('first'), evt('released', 1), evt('again', 2)]);

    expect([...found.keys()]).toEqual(['released']);
  });

  it('is forgotten when no message of that time can be in its queue any more', async () => {
    const { table, requests } = theHistories();

    await requests.write('to-ledger', 'evt_1', { reason: 'known bad', generation: 0 });

    const { expiresAt = 0 } = table.rows.get('park-request:shop:to-ledger:evt_1') ?? {};
    expect((expiresAt - Date.now() / 1000) / 86_400).toBeCloseTo(13, 2);
  });
});
