import { expect, it } from 'vitest';
import { type History, noHistory } from '../../../functions/contract/delivery.ts';
import { createHistories } from '../../../functions/state/histories.ts';
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
  return { table, histories: createHistories(table, 'shop') };
}

it('come back as they were written, those that there are', async () => {
  const { histories } = theHistories();
  await histories.write(new Map([['m1', full]]));
  await histories.write(new Map([['m2', noHistory]]));

  const found = await histories.read(['m1', 'm2', 'm3']);

  expect(found).toEqual(
    new Map([
      ['m1', full],
      ['m2', noHistory],
    ]),
  );
});

it('are written and read in one call each, under a name of their own, and kept longer than SQS keeps a message', async () => {
  const { table, histories } = theHistories();

  await histories.write(
    new Map([
      ['m1', noHistory],
      ['m2', full],
    ]),
  );
  await histories.read(['m2', 'm1']);

  expect(table.calls).toEqual([
    { step: 'putMany', keys: ['history:shop:m1', 'history:shop:m2'] },
    { step: 'getMany', keys: ['history:shop:m2', 'history:shop:m1'] },
  ]);
  const days = ((table.rows.get('history:shop:m1')?.expiresAt ?? 0) - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(14.9);
});

it('replace what was there', async () => {
  const { histories } = theHistories();
  await histories.write(new Map([['m1', full]]));

  await histories.write(new Map([['m1', noHistory]]));

  expect((await histories.read(['m1'])).get('m1')).toEqual(noHistory);
});

it('fail when the table does, or holds none of ours', async () => {
  const { table, histories } = theHistories();
  await table.put('history:shop:m1', { attempts: 'many' });

  await expect(histories.read(['m1'])).rejects.toThrow();
  table.failing.add('putMany');
  await expect(histories.write(new Map([['m1', full]]))).rejects.toThrow('throttled');
});
