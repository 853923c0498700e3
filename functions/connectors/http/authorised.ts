import type { Failure, Outcome } from '../../engine/outcome.ts';
import type { CredentialSource } from '../connector.ts';

/**
 * Makes a call with the current credentials; where they are refused, renews them once and repeats the call once.
 * `parse` reads the secret's text; a text it can't read counts as refused.
 */
export async function authorised<Credentials, Value>(
  source: CredentialSource,
  parse: (text: string) => Credentials | undefined,
  call: (credentials: Credentials) => Promise<Outcome<Value>>,
): Promise<Outcome<Value>> {
  const held = await source.get();
  if (held.kind !== 'success' && held.kind !== 'auth') return held;
  const text = held.kind === 'success' ? held.value : undefined;
  const credentials = text === undefined ? undefined : parse(text);
  const first = credentials === undefined ? malformed : await call(credentials);
  if (first.kind !== 'auth') return first;
  const renewed = await source.renew(text);
  if (renewed.kind !== 'success') return renewed;
  const fresh = parse(renewed.value);
  return fresh === undefined ? malformed : call(fresh);
}

const malformed: Failure = { kind: 'auth', code: 'credentials-malformed', operation: 'credentials.read' };
