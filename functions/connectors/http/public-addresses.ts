import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** A host that must be a public one has an address that is not: nothing was sent. Whoever named the host must act. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';

  constructor() {
    super('The host has a private address. Name a public host, or set allowPrivateAddresses for the system.');
  }
}

/** Resolves a name to all its addresses. */
export type Resolve = (hostname: string, answer: (error: Error | null, addresses: LookupAddress[]) => void) => void;

const resolveByDns: Resolve = (hostname, answer) => lookup(hostname, { all: true }, answer);

/** Not on the public internet (IANA special-purpose registry, RFC 6890): ours, the machine's, the link's, or nobody's. */
const privateIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** All of global unicast is in the first; the others are parts of it that are none, Teredo and 6to4 among them. */
const globalIpv6 = '2000::/3';
const privateIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** What carries an IPv4 address in its last 32 bits: mapped ones, and those of a NAT64. */
const embeddingIpv6 = ['::ffff:', '64:ff9b::'];

/** Which addresses are public, and a lookup for sockets that lets them connect to nothing else. */
export function createPublicAddresses(resolve: Resolve = resolveByDns) {
  const [unusable, global, embedding] = [new BlockList(), new BlockList(), new BlockList()];
  for (const range of privateIpv4) {
    const [network = '', bits] = range.split('/');
    unusable.addSubnet(network, Number(bits), 'ipv4');
    for (const prefix of embeddingIpv6) unusable.addSubnet(prefix + network, 96 + Number(bits), 'ipv6');
  }
  const add = (list: BlockList, range: string) => {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), 'ipv6');
  };
  for (const range of privateIpv6) add(unusable, range);
  for (const prefix of embeddingIpv6) add(embedding, `${prefix}0.0.0.0/96`);
  add(global, globalIpv6);

  function isPublic(address: string): boolean {
    const family = isIP(address);
    if (family === 4) return !unusable.check(address, 'ipv4');
    if (family !== 6 || unusable.check(address, 'ipv6')) return false;
    return global.check(address, 'ipv6') || embedding.check(address, 'ipv6');
  }

  /**
   * The socket connects to an address that was checked here, so a name that changes its meaning between the check and the
   * call gains nothing. One private address among several is enough to refuse them all.
   */
  const publicLookup: LookupFunction = (hostname, { all, family }, answer) => {
    resolve(hostname, (error, addresses) => {
      const asked = addresses?.filter((found) => !family || found.family === family) ?? [];
      const [first] = asked;
      if (error !== null) answer(error, '');
      else if (!addresses.every(({ address }) => isPublic(address))) answer(new PrivateAddressError(), '');
      else if (all) answer(null, asked);
      else answer(null, first?.address ?? '', first?.family);
    });
  };

  return {
    /** Whether a URL's host may be connected to as far as it says itself: only addresses do. */
    mayConnectTo: (hostname: string) => {
      const address = hostname.replace(/^\[|\]$/g, '');
      return isIP(address) === 0 || isPublic(address);
    },
    lookup: publicLookup,
  };
}
