/** What `JSON.parse` tells of a value besides the value itself: its very text, where it is no object and no list. */
interface Origin {
  readonly source?: string;
}

/**
 * Parses JSON without losing a digit: an integer that a number can't hold, above 2^53 say, becomes the text of its
 * digits. Undefined where it is no JSON.
 */
export function parseExactJson(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    return undefined;
  }
}

function keepDigits(_key: string, value: unknown, { source }: Origin = {}): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
