import { describe, expect, it } from 'vitest';
import { findPart, partsOf } from '../../bin/parts.ts';

const shop = { name: 'shop-ledger', systems: { shop: {}, ledger: {} }, flows: { orders: {}, refunds: {} } };
const other = { name: 'crm-ledger', systems: { ledger: {} }, flows: { invoices: {} } };
const parts = partsOf([shop, other]);

describe('findPart', () => {
  it.each([
    ['orders', { integration: 'shop-ledger', kind: 'flow', name: 'orders' }],
    ['shop', { integration: 'shop-ledger', kind: 'system', name: 'shop' }],
    ['crm-ledger/ledger', { integration: 'crm-ledger', kind: 'system', name: 'ledger' }],
  ])('finds %s', (text, part) => {
    expect(findPart(text, parts)).toEqual({ part });
  });

  it.each([
    ['order', 'orders'],
    ['Orders', 'orders'],
    ['refnuds', 'refunds'],
    ['voice', 'invoices'],
    ['shopp', 'shop'],
  ])('knows no %s, but what was meant: %s', (text, meant) => {
    const found = findPart(text, parts);

    expect(found).toMatchObject({ part: undefined, meant: expect.arrayContaining([meant]) });
    expect('meant' in found && found.meant[0]).toBe(meant);
  });

  it('asks which one, where two integrations have that name', () => {
    expect(findPart('ledger', parts)).toEqual({ part: undefined, meant: ['shop-ledger/ledger', 'crm-ledger/ledger'] });
  });
});
