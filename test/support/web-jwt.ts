import type { webcrypto } from 'node:crypto';

/** JSON Web Tokens by the Web Crypto API: neither the functions' code nor the simulation's. */
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

const toText = (bytes: ArrayBuffer | Uint8Array) => Buffer.from(bytes as Uint8Array).toString('base64url');
const toPem = (label: string, bytes: ArrayBuffer) =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64')}\n-----END ${label}-----\n`;

/** A pair of RSA keys, in PEM and for `signJwt` and `verifyJwt`. */
export async function rsaKeys() {
  const pair = (await crypto.subtle.generateKey(
    { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )) as webcrypto.CryptoKeyPair;
  return {
    ...pair,
    privatePem: toPem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', pair.privateKey)),
    publicPem: toPem('PUBLIC KEY', await crypto.subtle.exportKey('spki', pair.publicKey)),
  };
}

export async function signJwt(
  key: webcrypto.CryptoKey,
  claims: object,
  header: object = { alg: 'RS256' },
): Promise<string> {
  const content = [header, claims].map((part) => toText(new TextEncoder().encode(JSON.stringify(part)))).join('.');
  return `${content}.${toText(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(content)))}`;
}

/** What a token says, if its signature is right. */
export async function verifyJwt(key: webcrypto.CryptoKey, token: string) {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const content = new TextEncoder().encode(`${header}.${claims}`);
  if (!(await crypto.subtle.verify(algorithm, key, Buffer.from(signature, 'base64url'), content))) return undefined;
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { header: read(header), claims: read(claims) as { exp: number } };
}
