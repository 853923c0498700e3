import { describe, expect, it } from 'vitest';
import { UnknownNameError } from '../../bin/errors.ts';
import { findPart, flowsNamed, partsOf } from '../../bin/parts.ts';

const called = { connector: 'rest' };
const shop = {
  name: 'shop-ledger',
  systems: { shop: called, ledger: called, github: {} },
  flows: { orders: {}, refunds: {} },
};
const other = { name: 'crm-ledger', systems: { ledger: called }, flows: { invoices: {} } };
const parts = partsOf([shop, other]);

/** The message of what it throws. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UnknownNameError) return error.message;
    throw error;
  }
  throw new Error('It found something.');
}

describe('findPart', () => {
  it.each([
    ['orders', { integration: 'shop-ledger', kind: 'flow', name: 'orders' }],
    ['shop', { integration: 'shop-ledger', kind: 'system', name: 'shop' }],
    ['crm-ledger/ledger', { integration: 'crm-ledger', kind: 'system', name: 'ledger' }],
  ])('finds %s', (text, part) => {
    expect(findPart(text, parts)).toEqual(part);
  });

  it.each([
    ['order', 'orders'],
    ['Orders', 'orders'],
    ['refnuds', 'refunds'],
    ['voice', 'invoices'],
    ['shopp', 'shop'],
  ])('knows no %s, but what was meant: %s', (text, meant) => {
    expect(refusal(() => findPart(text, parts))).toMatch(
      `'${text}' names no single flow or system. Did you mean '${meant}'`,
    );
  });

  it('knows no system that only sends: there are no calls to hold', () => {
    expect(parts.map(({ name }) => name)).toEqual(['orders', 'refunds', 'shop', 'ledger', 'invoices', 'ledger']);
  });

  it('asks which one, where two integrations have that name', () => {
    expect(refusal(() => findPart('ledger', parts))).toMatch(
      "Did you mean 'shop-ledger/ledger' or 'crm-ledger/ledger'?",
    );
  });
});

describe('flowsNamed', () => {
  it.each([
    [undefined, ['orders', 'refunds', 'invoices']],
    ['refunds', ['refunds']],
    ['crm-ledger/invoices', ['invoices']],
  ])('%s are the flows %j', (text, names) => {
    expect(flowsNamed(text, [shop, other]).map(({ name }) => name)).toEqual(names);
  });

  it('no system is one', () => {
    expect(refusal(() => flowsNamed('shop', [shop, other]))).toMatch("'shop' names no single flow.");
  });
});
