import type { Failure, Outcome } from '../../engine/outcome.ts';
import type { CallContext, CredentialSource } from '../connector.ts';

/** The held credentials, what somebody else had replaced them by, and what was fetched just now. */
const mostCalls = 3;

/**
 * Makes a call with the current credentials; where they are refused, repeats it with newer ones as long as there are such.
 * `parse` reads the secret's text; a text it can't read counts as refused.
 */
export async function authorised<Credentials, Value>(
  source: CredentialSource,
  parse: (text: string) => Credentials | undefined,
  { timeoutMs }: Pick<CallContext, 'timeoutMs'>,
  call: (credentials: Credentials) => Promise<Outcome<Value>>,
): Promise<Outcome<Value>> {
  let held = await source.get();
  for (let calls = 1; ; calls += 1) {
    if (held.kind !== 'success' && held.kind !== 'auth') return held;
    const text = held.kind === 'success' ? held.value : undefined;
    const outcome = held.kind === 'success' ? await callWith(held.value) : held;
    if (outcome.kind !== 'auth' || calls === mostCalls) return outcome;
    const renewed = await source.renew(text, { failure: outcome, timeoutMs: timeoutMs(Number.POSITIVE_INFINITY) });
    if (renewed.kind !== 'success') return renewed;
    if (renewed.value === text) return outcome;
    held = renewed;
  }

  async function callWith(text: string): Promise<Outcome<Value>> {
    const credentials = parse(text);
    return credentials === undefined ? malformed : call(credentials);
  }
}

const malformed: Failure = { kind: 'auth', code: 'credentials-malformed', operation: 'credentials.read' };
