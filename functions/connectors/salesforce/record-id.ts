const checksumAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character form of a Salesforce id: the 15 case-sensitive characters and three that say which of them are
 * upper-case. One record has one key only in this form. Undefined where the text is no id, or its checksum is wrong.
 * Source: Salesforce Help, "Record IDs", and the object reference on the ID field type.
 */
export function recordId18(text: string): string | undefined {
  if (!/^[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?$/.test(text)) return undefined;
  const id = text.slice(0, 15);
  const full = id + checksum(id);
  return text.length === 15 || text.toUpperCase() === full.toUpperCase() ? full : undefined;
}

function checksum(id: string): string {
  return [0, 5, 10]
    .map((start) => {
      const chunk = [...id.slice(start, start + 5)];
      const bits = chunk.reduce((sum, character, index) => sum + (/[A-Z]/.test(character) ? 1 << index : 0), 0);
      return checksumAlphabet.charAt(bits);
    })
    .join('');
}
