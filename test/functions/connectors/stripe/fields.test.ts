import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldValue, formParameters } from '../../../../functions/connectors/stripe/fields.ts';

describe('fieldValue', () => {
  const object = {
    id: 'cus_1',
    balance: -5,
    delinquent: false,
    name: null,
    address: { line1: '12 St James Square', line2: 'Floor 2', city: '' },
    metadata: { 'a.b': 'x', number: '7' },
    preferred_locales: ['en'],
  };

  it.each([
    ['id', 'cus_1'],
    ['balance', -5],
    ['delinquent', false],
    ['name', null],
    ['absent', null],
    ['address', null],
    ['preferred_locales', null],
    ['address.city', ''],
    ['address.absent', null],
    ['absent.city', null],
    ['metadata.number', '7'],
    ['metadata.constructor', null],
    ['address.street', '12 St James Square\nFloor 2'],
  ])('%s', (path, expected) => {
    expect(fieldValue(object, path)).toBe(expected);
  });

  it.each([
    [{ line1: 'one', line2: null }, 'one'],
    [{ line1: null, line2: 'two' }, 'two'],
    [{ line1: 'one', line2: '' }, 'one'],
    [{ line1: '', line2: '' }, null],
    [{ line1: null, line2: null }, null],
    [null, null],
  ])('joins the street of %j', (address, expected) => {
    expect(fieldValue({ address }, 'address.street')).toBe(expected);
  });
});

describe('formParameters', () => {
  it('writes nested fields in brackets, and empties with the empty text', () => {
    const parameters = formParameters({
      name: 'Ada',
      email: null,
      'address.city': 'London',
      'metadata.key': null,
      balance: 5,
    });

    expect(parameters).toEqual({
      name: 'Ada',
      email: '',
      'address[city]': 'London',
      'metadata[key]': '',
      balance: '5',
    });
  });

  it.each([
    ['one', { 'address[line1]': 'one', 'address[line2]': '' }],
    ['one\ntwo', { 'address[line1]': 'one', 'address[line2]': 'two' }],
    ['one\r\ntwo\nthree', { 'address[line1]': 'one', 'address[line2]': 'two, three' }],
    [null, { 'address[line1]': '', 'address[line2]': '' }],
  ])('splits the street %j', (street, expected) => {
    expect(formParameters({ 'address.street': street })).toEqual(expected);
  });

  it('gives back a street of two lines as it was', () => {
    const line = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text));

    fc.assert(
      fc.property(line, line, (line1, line2) => {
        const form = formParameters({ 'address.street': `${line1}\n${line2}` });
        const address = { line1: form['address[line1]'], line2: form['address[line2]'] };
        return fieldValue({ address }, 'address.street') === `${line1}\n${line2}`;
      }),
    );
  });
});
