import { StripeApiError } from './errors.ts';
import type { FormValue } from './form.ts';
import { hashOf } from './parameters.ts';

const MOST_KEYS = 50;
const LONGEST_KEY = 40;
const LONGEST_VALUE = 500;

/** Our strings on a Stripe object. */
export type Metadata = Record<string, string>;

/**
 * Merges sent metadata into what is there: an empty value deletes its key, and `metadata=` all of them.
 * The limits are those of https://docs.stripe.com/metadata.
 */
export function mergeMetadata(current: Metadata, value: FormValue): Metadata {
  const sent = hashOf(value, 'metadata');
  if (sent === null) return {};

  const merged = new Map(Object.entries(current));
  for (const [key, item] of sent) {
    const text = checkedValue(key, item);
    if (text === '') merged.delete(key);
    else merged.set(key, text);
  }
  if (merged.size > MOST_KEYS) throw refused(`Metadata can have up to ${MOST_KEYS} keys`, 'metadata');
  return Object.fromEntries(merged);
}

function checkedValue(key: string, value: FormValue): string {
  const param = `metadata[${key}]`;
  if (typeof value !== 'string') throw refused('Metadata values must be strings', param);
  if (key.length > LONGEST_KEY) throw refused(`Metadata keys can have up to ${LONGEST_KEY} characters`, param);
  if (value.length > LONGEST_VALUE) {
    throw refused(
      `Metadata values can have up to ${LONGEST_VALUE} characters, but you passed in a value of ${value.length}`,
      param,
    );
  }
  return value;
}

const refused = (message: string, param: string) => new StripeApiError(400, message, { param });
