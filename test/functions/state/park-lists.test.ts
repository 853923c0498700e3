import { expect, it } from 'vitest';
import { createParkLists } from '../../../functions/state/park-lists.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';
import { aLetter } from '../parking/support/parked-events.ts';

const entry = { eventId: 'e1', generation: 2, letter: aLetter, superseded: false };
const behind = { eventId: 'e2', generation: 1, letter: undefined, superseded: true };
const next = { events: [entry, behind], halts: true, due: true };

function theLists() {
  const table = new MemoryTable();
  return { table, lists: createParkLists(table, 'shop') };
}

it('are empty where nothing was ever parked, and come back as they were written', async () => {
  const { lists, table } = theLists();

  const none = await lists.read('orders', 'p1');
  const written = await lists.replace('orders', 'p1', none, next);

  expect(none).toEqual({ events: [], halts: false, due: false, generation: 0 });
  expect(written).toEqual({ ...next, generation: 1 });
  expect(await lists.read('orders', 'p1')).toEqual({ ...next, generation: 1 });
  expect(await lists.read('orders', 'p2')).toEqual(none);
  expect([...table.rows.keys()]).toEqual(['parked:shop:orders:p1']);
});

it('are replaced over what was seen only, the very first time included', async () => {
  const { lists } = theLists();
  const none = await lists.read('orders', 'p1');
  const first = (await lists.replace('orders', 'p1', none, next)) ?? none;

  const late = await lists.replace('orders', 'p1', none, { ...next, due: false });
  const second = await lists.replace('orders', 'p1', first, { ...next, events: [entry] });

  expect([late, second?.generation]).toEqual([undefined, 2]);
  expect((await lists.read('orders', 'p1')).events).toEqual([entry]);
});

it('are kept for ever while there is an event in them, and for thirty days once they are empty', async () => {
  const { lists, table } = theLists();
  const first = await lists.replace('orders', 'p1', await lists.read('orders', 'p1'), next);
  const whileParked = table.rows.get('parked:shop:orders:p1')?.expiresAt;

  const emptied = first && (await lists.replace('orders', 'p1', first, { events: [], halts: true, due: false }));

  const { expiresAt = 0 } = table.rows.get('parked:shop:orders:p1') ?? {};
  expect(whileParked).toBeUndefined();
  expect(emptied?.generation).toBe(2);
  expect((expiresAt - Date.now() / 1000) / 86_400).toBeCloseTo(30, 2);
});

it('are refused where they are none of ours', async () => {
  const { lists, table } = theLists();
  await table.put('parked:shop:orders:p1', { events: 'many' });

  await expect(lists.read('orders', 'p1')).rejects.toThrow();
});
