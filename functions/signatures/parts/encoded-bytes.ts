/**
 * Decodes a text that spells its bytes as the encoding itself would; undefined for any other spelling. Node's decoders
 * skip what they don't know, stop at the first bad digit and ignore base64's unused bits, so that many texts are one
 * signature.
 */
export function decoded(text: string, encoding: 'hex' | 'base64'): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.length > 0 && bytes.toString(encoding) === text ? bytes : undefined;
}

/** The same for what people paste: hex in either case, base64 with or without its padding. */
export function pasted(text: string, encoding: 'hex' | 'base64'): Buffer | undefined {
  return decoded(encoding === 'hex' ? text.toLowerCase() : text.padEnd(Math.ceil(text.length / 4) * 4, '='), encoding);
}
