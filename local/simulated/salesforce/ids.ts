import { randomText } from '../random-text.ts';
import type { Chance } from '../system.ts';

const CHECKSUM_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The three characters that turn a case-sensitive 15-character id into a case-safe 18-character one. */
function checksum(id15: string): string {
  return [0, 5, 10]
    .map((start) => {
      const chunk = [...id15.slice(start, start + 5)];
      const bits = chunk.reduce((sum, char, i) => sum + (/[A-Z]/.test(char) ? 1 << i : 0), 0);
      return CHECKSUM_ALPHABET.charAt(bits);
    })
    .join('');
}

/** The 18-character form of a 15- or 18-character id; undefined when it is neither, or its checksum is wrong. */
export function toId18(id: string): string | undefined {
  if (!/^([0-9A-Za-z]{15}|[0-9A-Za-z]{18})$/.test(id)) return undefined;
  const id15 = id.slice(0, 15);
  const id18 = id15 + checksum(id15);
  return id.length === 15 || id === id18 ? id18 : undefined;
}

/** A new record id, 18 characters; the first three name the object type, `001` an Account. */
export function newRecordId(prefix: string, random: Chance['random']): string {
  const id15 = `${prefix}bn${randomText(random, 10)}`;
  return id15 + checksum(id15);
}

/** The organisation that every simulated Salesforce is, 18 characters. */
export const SIMULATED_ORGANIZATION_ID = `00Dbn00000Sim01${checksum('00Dbn00000Sim01')}`;

/** The integration user that the simulated organisation's one connected app runs as. */
export const SIMULATED_USER_ID = `005bn00000Sim01${checksum('005bn00000Sim01')}`;
