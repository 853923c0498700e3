import { expect, it } from 'vitest';
import { createIntents } from '../../../functions/state/intents.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';

const begun = { startedMs: 1_000, id: undefined, gone: false };

function theIntents() {
  const table = new MemoryTable();
  return { table, intents: createIntents(table, 'shop') };
}

it('are stored once: the second who begins is told so', async () => {
  const { intents } = theIntents();

  const [first, second] = [await intents.replace('k', undefined, begun), await intents.replace('k', undefined, begun)];

  expect(first).toEqual({ ...begun, generation: 1 });
  expect(second).toBeUndefined();
  expect(await intents.read('k')).toEqual({ ...begun, generation: 1 });
  expect(await intents.read('other')).toBeUndefined();
});

it('are replaced over what was seen only', async () => {
  const { intents } = theIntents();
  const first = await intents.replace('k', undefined, begun);

  const second = await intents.replace('k', first, { ...begun, id: 'cus_1' });
  const late = await intents.replace('k', first, { ...begun, id: 'cus_2' });

  expect(second).toEqual({ startedMs: 1_000, id: 'cus_1', gone: false, generation: 2 });
  expect(late).toBeUndefined();
  expect(await intents.read('k')).toEqual(second);
});

it('are taken back by the one who stored them only', async () => {
  const { intents } = theIntents();
  const first = await intents.replace('k', undefined, begun);
  if (first === undefined) throw new Error('not stored');
  const second = await intents.replace('k', first, { ...begun, gone: true });

  await intents.remove('k', first);
  const kept = await intents.read('k');
  await intents.remove('k', second ?? first);

  expect(kept).toEqual({ ...begun, gone: true, generation: 2 });
  expect(await intents.read('k')).toBeUndefined();
});

it('are kept for ever, under a name of their own', async () => {
  const { table, intents } = theIntents();

  await intents.replace('stripe/customer/001', undefined, begun);

  expect([...table.rows]).toEqual([['intent:shop:stripe/customer/001', expect.objectContaining({ generation: 1 })]]);
  expect(table.rows.get('intent:shop:stripe/customer/001')?.expiresAt).toBeUndefined();
});
