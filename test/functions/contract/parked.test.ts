import { expect, test } from 'vitest';
import { isSettled, parkedStatuses } from '../../../functions/contract/parked.ts';

test('an event is settled once nobody has to see to it any more', () => {
  expect(parkedStatuses.filter(isSettled)).toEqual(['delivered', 'superseded', 'discarded', 'erased']);
});
