import { describe, expect, it } from 'vitest';
import { newRecordId, SIMULATED_ORGANIZATION_ID, toId18 } from '../../../../local/simulated/salesforce/ids.ts';
import { seededRandom } from '../support.ts';

describe('ids', () => {
  // Published pairs: codegolf.stackexchange.com/questions/69127, and Salesforce's own upsert example.
  it.each([
    ['a0RE000000IJmcN', 'a0RE000000IJmcNMAT'],
    ['a01M00000062mPg', 'a01M00000062mPgIAI'],
    ['001M000000qfPyS', '001M000000qfPySIAU'],
    ['00190000001pPvH', '00190000001pPvHAAU'],
  ])('%s is %s', (id15, id18) => {
    const converted = toId18(id15);

    expect(converted).toBe(id18);
    expect(toId18(id18)).toBe(id18);
  });

  it.each(['', '001', '001M000000qfPySIAV', '001M000000qfPyS-', '001M000000qfPySIA'])('%s is none', (id) => {
    const converted = toId18(id);

    expect(converted).toBeUndefined();
  });

  it('makes ids that are valid', () => {
    const random = seededRandom(7);

    const ids = Array.from({ length: 100 }, () => newRecordId('001', random));

    expect(ids.map((id) => toId18(id))).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
    expect(toId18(SIMULATED_ORGANIZATION_ID)).toBe(SIMULATED_ORGANIZATION_ID);
  });
});
