import { BlockList, isIPv6 } from 'node:net';

/** Whether webhooks are taken from an address: from any where a source names no ranges. */
export type AllowsSender = (address: string | undefined) => boolean;

/**
 * Holds senders to the ranges of their source. An address that the gateway does not tell is in none.
 * @throws {Error} where a range is none, which synth refuses, too: whoever wrote the specification must mend it.
 */
export function allowSenders(ranges: readonly string[] | undefined): AllowsSender {
  if (ranges === undefined) return () => true;
  const allowed = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    if (prefix === undefined) allowed.addAddress(address, familyOf(address));
    else allowed.addSubnet(address, Number(prefix), familyOf(address));
  }
  // What is no address is in no range, and nothing here throws.
  return (address) => address !== undefined && allowed.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
