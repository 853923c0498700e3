import { expect, it } from 'vitest';
import { withUsableId } from '../../../functions/intake/with-usable-id.ts';

const anEvent = (id: string | undefined) => ({ id, type: 'made', data: {}, echo: false });

it.each([
  ['an empty one', '', 'an empty id'],
  ['one that no table could keep', 'x'.repeat(1_001), 'an id of more than 1000 bytes'],
])('refuses an event by its id: %s', (_what, id, unreadable) => {
  expect(withUsableId(anEvent(id))).toEqual({ unreadable });
});

it.each(['evt_1', 'x'.repeat(1_000), undefined])('leaves an event alone whose id is %s', (id) => {
  const event = anEvent(id);

  expect(withUsableId(event)).toBe(event);
});
