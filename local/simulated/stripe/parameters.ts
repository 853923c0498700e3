import { StripeApiError, unknownParameter } from './errors.ts';
import type { FormHash, FormValue } from './form.ts';

const invalid = (message: string, param: string, code?: string) =>
  new StripeApiError(400, message, { ...(code && { code }), param });

/** A string of at most `most` characters; the empty string unsets the field, which reads as null. */
export function textOf(value: FormValue, param: string, most: number): string | null {
  if (typeof value !== 'string') throw invalid('Invalid string: expected a string, got an object', param);
  if (value.length > most) throw invalid(`Invalid string: ${value}; must be at most ${most} characters`, param);
  return value === '' ? null : value;
}

/** A hash; the empty string unsets it, which reads as null. Names that are not `allowed` are refused. */
export function hashOf(value: FormValue, param: string, allowed?: readonly string[]): FormHash | null {
  if (value === '') return null;
  if (typeof value === 'string') throw invalid('Invalid object', param);
  for (const name of value.keys()) if (allowed && !allowed.includes(name)) throw unknownParameter(`${param}[${name}]`);
  return value;
}

/** A list of strings, `x[0]=a&x[1]=b` or `x[]=a&x[]=b`. */
export function textsOf(value: FormValue, param: string): string[] {
  if (value === '') return [];
  if (typeof value === 'string') throw invalid('Invalid array', param);
  return [...value].map(([index, item]) => {
    if (!/^\d+$/.test(index) || typeof item !== 'string') throw invalid('Invalid array', param);
    return item;
  });
}

/** A whole number, sent in digits. */
export function integerOf(value: FormValue, param: string): number {
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  throw invalid(`Invalid integer: ${String(value)}`, param, 'parameter_invalid_integer');
}

/** An address that could receive mail, at most 512 characters; the empty string unsets it. */
export function emailOf(value: FormValue, param: string): string | null {
  const email = textOf(value, param, 512);
  if (email !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw invalid(`Invalid email address: ${email}`, param, 'email_invalid');
  }
  return email;
}

/** One of a few words. */
export function choiceOf(value: FormValue, param: string, choices: readonly string[]): string {
  if (typeof value === 'string' && choices.includes(value)) return value;
  throw invalid(`Invalid ${param}: must be one of ${choices.join(', ')}`, param);
}

/** Something that the endpoint cannot do without. */
export const missingParameter = (param: string) =>
  invalid(`Missing required param: ${param}.`, param, 'parameter_missing');
