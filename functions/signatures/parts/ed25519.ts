import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What stands before the 32 bytes of a key in DER (RFC 8410, section 10.3). */
const prefixes = { public: '302a300506032b6570032100', private: '302e020100300506032b657004220420' };

/** The public key of these 32 bytes; undefined for any other number. */
export function ed25519PublicKey(bytes: Uint8Array): KeyObject | undefined {
  if (bytes.length !== 32) return undefined;
  const key = Buffer.concat([Buffer.from(prefixes.public, 'hex'), bytes]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

/** Whether any of the signatures, 64 bytes each, is of any of the keys. */
export function anyEd25519(
  keys: readonly KeyObject[],
  signatures: readonly Uint8Array[],
  parts: readonly (string | Uint8Array)[],
): boolean {
  const content = joined(parts);
  return signatures.some((signature) => keys.some((key) => verify(null, content, key, signature)));
}

/**
 * Signs with the private key that grows from these 32 bytes.
 * @throws {Error} for any other number.
 */
export function signEd25519(seed: Uint8Array | undefined, parts: readonly (string | Uint8Array)[]): Buffer {
  if (seed?.length !== 32) throw new Error('An Ed25519 private key has 32 bytes. Give the private key of the sender.');
  const key = Buffer.concat([Buffer.from(prefixes.private, 'hex'), seed]);
  return sign(null, joined(parts), createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
}

function joined(parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
