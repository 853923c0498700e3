import { describe, expect, it } from 'vitest';
import { fieldOf, idIn, jsonOf } from '../../../../functions/connectors/http/json-fields.ts';

describe('fieldOf', () => {
  const order = {
    total: 12.5,
    paid: false,
    note: '',
    address: { city: 'Bath', geo: { lat: 51.4 } },
    lines: [1],
    none: null,
  };

  it.each([
    ['total', 12.5],
    ['paid', false],
    ['note', ''],
    ['address.city', 'Bath'],
    ['address.geo.lat', 51.4],
  ])('reads %s', (path, value) => {
    expect(fieldOf(order, path)).toBe(value);
  });

  it.each(['absent', 'none', 'lines', 'lines.0', 'address', 'address.absent', 'total.deeper', 'toString', '__proto__'])(
    'takes %s for empty',
    (path) => {
      expect(fieldOf(order, path)).toBeNull();
    },
  );
});

describe('jsonOf', () => {
  it('nests what has dots, keeps null, and leaves out nothing', () => {
    const fields = { total: '12.50', 'address.city': 'Bath', 'address.geo.lat': 51.4, note: null, paid: true };

    expect(jsonOf(fields)).toEqual({
      total: '12.50',
      address: { city: 'Bath', geo: { lat: 51.4 } },
      note: null,
      paid: true,
    });
  });
});

describe('idIn', () => {
  it.each([
    [{ id: 'ord_1' }, 'ord_1'],
    [{ id: 42 }, '42'],
    [{ id: 'octo/mill#refs/heads/main' }, 'octo/mill#refs/heads/main'],
    [{ id: 'Ada Lovelace' }, 'known'],
    [{ id: '' }, 'known'],
    [{ id: 'x'.repeat(201) }, 'known'],
    [{ id: null }, 'known'],
    [{}, 'known'],
    [[{ id: 'ord_1' }], 'known'],
    ['ord_1', 'known'],
    [undefined, 'known'],
  ])('of %j is %s', (answer, id) => {
    expect(idIn(answer, 'known')).toBe(id);
  });
});
