import { expect, test } from 'vitest';
import { isAddressRange } from '../../../functions/specification/address-range.ts';

test.each(['203.0.113.0/24', '203.0.113.7', '203.0.113.7/32', '10.0.0.0/1', '2001:db8::/32', '2001:db8::1', '::1/128'])(
  '%s is a range',
  (text) => {
    expect(isAddressRange(text)).toBe(true);
  },
);

test.each([
  ...['', '/24', '203.0.113.0/', '203.0.113.0/33', '2001:db8::/129', '203.0.113.0/24/8', ' 203.0.113.0/24'],
  ...['203.0.113/24', '203.0.113.256', '203.0.113.0/-1', '203.0.113.0/08', '203.0.113.0/x', 'hooks.example.com'],
  ...['0.0.0.0/0', '::/0'],
])("'%s' is none", (text) => {
  expect(isAddressRange(text)).toBe(false);
});
