/**
 * Parses JSON out of raw bytes, a byte order mark ignored and malformed UTF-8 replaced, as RFC 8259 section 8.1 allows.
 * Undefined where it is no JSON: JSON itself has no undefined.
 */
export function parseJsonBytes(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
