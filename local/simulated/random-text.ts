import type { Chance } from './system.ts';

/** The characters that both Salesforce and Stripe build ids of. */
const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random characters for an id or a token; repeatable when `random` is seeded. */
export function randomText(random: Chance['random'], length: number, alphabet: string = BASE_62): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}
