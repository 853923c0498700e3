import * as v from 'valibot';

const isAddress = {
  ipv4: (text: string) => v.is(v.pipe(v.string(), v.ipv4()), text),
  ipv6: (text: string) => v.is(v.pipe(v.string(), v.ipv6()), text),
};

/**
 * Whether it is `203.0.113.0/24`, `2001:db8::/32`, or one address. A range of all addresses is none: it allows nothing in
 * particular.
 */
export function isAddressRange(text: string): boolean {
  const [, address = '', digits = '1'] = /^([^/]*)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? [];
  return (isAddress.ipv4(address) && Number(digits) <= 32) || (isAddress.ipv6(address) && Number(digits) <= 128);
}
