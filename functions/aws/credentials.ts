import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { CredentialSource } from '../connectors/connector.ts';
import { isRefused } from '../contract/token-errors.ts';
import { type Failure, type Outcome, success } from '../engine/outcome.ts';
import type { SecretReader } from './secret-reader.ts';

const operation = 'credentials.read';

/** An API key that an operator keeps: renewing is reading again, since it may have been replaced. */
export function keptCredentials(secret: SecretReader): CredentialSource {
  return { get: () => readOutcome(() => secret.read()), renew: () => readOutcome(() => secret.reread(0)) };
}

/**
 * A token that `refresh-token` makes. Renewing reads again first, since another container may have had it refreshed;
 * only then is the function invoked. Renewals at the same time share one.
 */
export function refreshedCredentials(
  secret: SecretReader,
  client: LambdaClient,
  functionName: string,
): CredentialSource {
  let renewing: Promise<Outcome<string>> | undefined;

  async function renewNow(refusedToken: string | undefined): Promise<Outcome<string>> {
    const current = await readOutcome(() => secret.reread(0));
    if (current.kind === 'busy' || (current.kind === 'success' && current.value !== refusedToken)) return current;
    const failure = await refresh();
    if (failure !== undefined) return failure;
    return readOutcome(() => secret.reread(0));
  }

  async function refresh(): Promise<Failure | undefined> {
    try {
      const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: functionName }));
      return FunctionError === undefined ? undefined : refreshFailure(Payload);
    } catch {
      // Lambda itself could not be had: nothing is known about the credentials.
      return { kind: 'busy', code: 'refresher-unavailable', operation };
    }
  }

  return {
    get: () => readOutcome(() => secret.read()),
    renew: (refusedToken) => {
      renewing ??= renewNow(refusedToken).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
  };
}

/** Tells a refusal, which an operator must mend, from an outage and from a crash of the function. */
function refreshFailure(payload: Uint8Array | undefined): Failure {
  return isRefused(payload)
    ? { kind: 'auth', code: 'token-refused', operation }
    : { kind: 'transient', code: 'token-unavailable', operation };
}

async function readOutcome(read: () => Promise<string | undefined>): Promise<Outcome<string>> {
  try {
    const text = await read();
    return text === undefined ? { kind: 'auth', code: 'credentials-missing', operation } : success(text);
  } catch {
    // Secrets Manager can't be reached: nothing is wrong with the event or the system.
    return { kind: 'busy', code: 'secrets-unavailable', operation };
  }
}
