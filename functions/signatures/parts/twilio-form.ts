/**
 * What Twilio signs of a form: the fields by name, name and value in a row; of several values under one name each one
 * once, in order. It is read byte by byte, so that no two bodies of different bytes become one by a decoder's
 * substitutes.
 */
export function formContent(body: Uint8Array): Buffer {
  const fields = new Map<string, Set<string>>();
  for (const pair of Buffer.from(body).toString('latin1').split('&')) {
    if (pair === '') continue;
    const end = pair.indexOf('=');
    const [name, value] = end < 0 ? [pair, ''] : [pair.slice(0, end), pair.slice(end + 1)];
    const key = plain(name);
    fields.set(key, (fields.get(key) ?? new Set()).add(plain(value)));
  }
  const named = [...fields].toSorted(([one], [other]) => order(one, other));
  const content = named.flatMap(([name, values]) => [...values].toSorted(order).map((value) => name + value));
  return Buffer.from(content.join(''), 'latin1');
}

/** By bytes, which each character stands for one of. */
function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Without escapes. A loop over bytes: a large message must not cost a replacement for each of its characters. */
function plain(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    const escaped = byte === 0x25 ? hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]) : Number.NaN;
    if (!Number.isNaN(escaped)) at += 2;
    bytes[length] = Number.isNaN(escaped) ? (byte === 0x2b ? 0x20 : (byte ?? 0)) : escaped;
    length += 1;
  }
  return bytes.toString('latin1', 0, length);
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}
