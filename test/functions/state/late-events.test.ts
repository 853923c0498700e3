import { beforeEach, expect, it } from 'vitest';
import { createLateEvents, type LateEvents, mostLateEvents } from '../../../functions/state/late-events.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';

const flow = 'stripe-customer-to-account';
const startMs = 1_000;
const anEvent = (eventId: string) => ({ eventId, subject: `cus-of-${eventId}`, sinceMs: startMs });

let table: MemoryTable;
let late: LateEvents;
let nowMs: number;
beforeEach(() => {
  table = new MemoryTable();
  nowMs = startMs;
  late = createLateEvents(table, 'shop', () => nowMs);
});

it('remembers late events by flow, each once, until they are settled', async () => {
  await late.note(flow, anEvent('evt_1'));
  await late.note(flow, anEvent('evt_2'));
  await late.note(flow, { ...anEvent('evt_1'), sinceMs: 9_000 });
  await late.note('another', anEvent('evt_3'));

  expect(await late.read(flow)).toEqual([anEvent('evt_1'), anEvent('evt_2')]);

  await late.settle(flow, 'evt_1');
  await late.settle(flow, 'evt_1');

  expect(await late.read(flow)).toEqual([anEvent('evt_2')]);
  expect(await late.read('another')).toEqual([anEvent('evt_3')]);
});

it('loses none of those that containers note and settle at once', async () => {
  await late.note(flow, anEvent('evt_0'));

  await Promise.all([late.note(flow, anEvent('evt_1')), late.settle(flow, 'evt_0'), late.note(flow, anEvent('evt_2'))]);

  const ids = (await late.read(flow)).map(({ eventId }) => eventId);
  expect(ids.toSorted()).toEqual(['evt_1', 'evt_2']);
});

it('has a bounded list: whoever finds no place is noted later', async () => {
  for (let index = 0; index <= mostLateEvents; index += 1) await late.note(flow, anEvent(`evt_${index}`));
  expect(await late.read(flow)).toHaveLength(mostLateEvents);

  await late.settle(flow, 'evt_0');
  await late.note(flow, anEvent(`evt_${mostLateEvents}`));

  expect((await late.read(flow)).at(-1)).toEqual(anEvent(`evt_${mostLateEvents}`));
});

it('forgets an event that SQS can not have any more', async () => {
  const dayMs = 24 * 60 * 60 * 1000;
  await late.note(flow, anEvent('evt_lost'));
  nowMs += 15 * dayMs;

  expect(await late.read(flow)).toEqual([]);
  await late.note(flow, { ...anEvent('evt_1'), sinceMs: nowMs });
  nowMs -= 2 * dayMs;

  expect((await late.read(flow)).map(({ eventId }) => eventId)).toEqual(['evt_1']);
});

it('writes nothing where an event was never late', async () => {
  await late.settle(flow, 'evt_1');

  expect(await table.get(`late:shop:${flow}`)).toBeUndefined();
});

it('says so where the list could not be changed, so that the event comes back', async () => {
  await late.note(flow, anEvent('evt_1'));
  const busy = createLateEvents(Object.assign(table, { replace: async () => false }), 'shop', () => nowMs);

  await expect(busy.settle(flow, 'evt_1')).rejects.toThrow('changed 5 times meanwhile. Do it again.');
  await expect(busy.note(flow, anEvent('evt_2'))).resolves.toBeUndefined();
});
