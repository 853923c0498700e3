import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { createPublicAddresses, PrivateAddressError } from '../../../../functions/connectors/http/public-addresses.ts';

const addresses = createPublicAddresses();
/** As a URL has it: IPv6 in brackets, and every odd spelling of IPv4 made plain. */
const hostOf = (host: string) => new URL(`https://${host}/`).hostname;

describe('an address that a URL names itself', () => {
  it.each([
    ['this machine', '127.0.0.1'],
    ['this machine, at its other end', '127.255.255.254'],
    ['this machine, in hex', '0x7f.1'],
    ['this machine, as one number', '2130706433'],
    ['this machine, in octal', '0177.0.0.1'],
    ['no address', '0.0.0.0'],
    ['no address but one', '0.1.2.3'],
    ['a private network of class A', '10.20.30.40'],
    ['one of class B', '172.16.0.1'],
    ['its other end', '172.31.255.255'],
    ['one of class C', '192.168.1.1'],
    ['a carrier', '100.64.0.1'],
    ['its other end', '100.127.255.255'],
    ['the metadata of a virtual machine', '169.254.169.254'],
    ['the metadata of a container', '169.254.170.2'],
    ['a benchmark network', '198.19.0.1'],
    ['documentation', '203.0.113.7'],
    ['many', '224.0.0.1'],
    ['everybody', '255.255.255.255'],
    ['this machine, IPv6', '[::1]'],
    ['no address, IPv6', '[::]'],
    ['this machine, mapped', '[::ffff:127.0.0.1]'],
    ['the metadata, mapped', '[::ffff:a9fe:a9fe]'],
    ['a private network behind a NAT64', '[64:ff9b::10.0.0.1]'],
    ['a local NAT64', '[64:ff9b:1::8.8.8.8]'],
    ['compatible, as of old', '[::10.0.0.1]'],
    ['a unique local network', '[fd12:3456::1]'],
    ['the other half of these', '[fc00::1]'],
    ['the link', '[fe80::1]'],
    ['the site, as of old', '[fec0::1]'],
    ['many, IPv6', '[ff02::1]'],
    ['documentation, IPv6', '[2001:db8::1]'],
    ['Teredo', '[2001:0:4136:e378::1]'],
    ['6to4 of a private network', '[2002:0a00:0001::1]'],
  ])('is refused where it is %s: %s', (_what, host) => {
    expect(addresses.mayConnectTo(hostOf(host))).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
    '[2606:4700::1111]',
    '[2a00:1450:4001::200e]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::808:808]',
  ])('is taken where it is public: %s', (host) => {
    expect(addresses.mayConnectTo(hostOf(host))).toBe(true);
  });

  it.each(['api.example.com', 'localhost', '10.example.com'])('is none in the name %s: the lookup decides', (host) => {
    expect(addresses.mayConnectTo(host)).toBe(true);
  });
});

describe('the lookup of a socket', () => {
  /** What a socket is told for a name that resolves so. */
  function lookUp(found: readonly string[] | Error, options: { all?: boolean; family?: number } = {}) {
    const answer: LookupAddress[] = Array.isArray(found)
      ? found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      : [];
    const { lookup } = createPublicAddresses((_name, done) => done(found instanceof Error ? found : null, answer));
    return new Promise((resolve) => {
      lookup('api.example.com', options, (error, address, family) => resolve(error ?? { address, family }));
    });
  }

  it('gives the addresses that it checked, as the socket asked for them', async () => {
    const public_ = ['93.184.215.14', '2606:2800:21f:cb07::1'];

    const told = [await lookUp(public_), await lookUp(public_, { all: true }), await lookUp(public_, { family: 6 })];

    expect(told).toEqual([
      { address: '93.184.215.14', family: 4 },
      {
        address: [
          { address: '93.184.215.14', family: 4 },
          { address: '2606:2800:21f:cb07::1', family: 6 },
        ],
        family: undefined,
      },
      { address: '2606:2800:21f:cb07::1', family: 6 },
    ]);
  });

  it.each([
    [['127.0.0.1']],
    [['93.184.215.14', '10.0.0.1']],
    [['10.0.0.1', '93.184.215.14']],
    [['93.184.215.14', '::1']],
  ])('refuses a name with one private address among %j, whatever the socket asks for', async (found) => {
    const told = [await lookUp(found), await lookUp(found, { all: true }), await lookUp(found, { family: 4 })];

    expect(told).toEqual(Array(3).fill(expect.any(PrivateAddressError)));
  });

  it('passes on that there is no such name', async () => {
    const missing = Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' });

    expect(await lookUp(missing)).toBe(missing);
  });
});
