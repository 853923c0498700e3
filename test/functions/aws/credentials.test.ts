import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { keptCredentials, refreshedCredentials } from '../../../functions/aws/credentials.ts';
import { createSecretReader } from '../../../functions/aws/secret-reader.ts';
import { answering, nowhere } from './fake-client.ts';

/** What a run of the function comes to: a new token, or an error by its name. */
type Refreshed = string | { errorType: string };

/** A token secret, and the function that refreshes it; `refresh` does what the function would. */
function aToken(first: string | undefined, refresh: () => Refreshed | Promise<Refreshed>) {
  const secret: { text: string | undefined; down: boolean } = { text: first, down: false };
  const secrets = answering(new SecretsManagerClient(nowhere), () => {
    if (secret.down) throw new Error('Secrets Manager is down');
    return { SecretString: secret.text };
  });
  const lambda = answering(new LambdaClient(nowhere), async () => {
    const refreshed = await refresh();
    if (typeof refreshed !== 'string') {
      const Payload = new TextEncoder().encode(JSON.stringify({ ...refreshed, errorMessage: 'No token', trace: [] }));
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload };
    }
    secret.text = refreshed;
    return { StatusCode: 200 };
  });
  const reader = createSecretReader(secrets.client, 'token', () => 0);
  const credentials = refreshedCredentials(reader, lambda.client, 'refresh-token-salesforce');
  return { secret, credentials, reads: secrets.sent, invocations: lambda.sent };
}

const read = 'credentials.read';
const missing = { kind: 'auth', code: 'credentials-missing', operation: read };
const unavailable = { kind: 'busy', code: 'secrets-unavailable', operation: read };
const aSuccess = (value: string) => ({ kind: 'success', value });

describe('refreshedCredentials', () => {
  it('answers the token, and auth where there is none yet', async () => {
    const held = aToken('one', () => 'two');
    const empty = aToken(undefined, () => 'two');

    expect(await held.credentials.get()).toEqual(aSuccess('one'));
    expect(await empty.credentials.get()).toEqual(missing);
    expect(held.invocations).toEqual([]);
  });

  it('renews by the function, and answers what it stored', async () => {
    const { credentials, invocations } = aToken('one', () => 'two');
    await credentials.get();

    const renewed = await credentials.renew('one');

    expect(renewed).toEqual(aSuccess('two'));
    expect(await credentials.get()).toEqual(aSuccess('two'));
    expect(invocations).toEqual([['InvokeCommand', { FunctionName: 'refresh-token-salesforce' }]]);
  });

  it('reads again first: a token that another container had refreshed needs no function', async () => {
    const { credentials, secret, invocations } = aToken('one', () => 'three');
    await credentials.get();
    secret.text = 'two';

    const renewed = await credentials.renew('one');

    expect(renewed).toEqual(aSuccess('two'));
    expect(invocations).toEqual([]);
  });

  it('invokes the function once for any number of refusals at the same time', async () => {
    const gate = Promise.withResolvers<string>();
    const { credentials, invocations } = aToken('one', () => gate.promise);
    await credentials.get();

    const renewals = Array.from({ length: 10 }, () => credentials.renew('one'));
    gate.resolve('two');

    expect(await Promise.all(renewals)).toEqual(Array(10).fill(aSuccess('two')));
    expect(invocations).toHaveLength(1);
  });

  it('does not invoke it again for a late refusal of the old token', async () => {
    const { credentials, invocations } = aToken('one', () => 'two');
    await credentials.renew('one');

    const late = await credentials.renew('one');

    expect(late).toEqual(aSuccess('two'));
    expect(invocations).toHaveLength(1);
  });

  it('gets the first token', async () => {
    const { credentials, invocations } = aToken(undefined, () => 'one');

    const renewed = await credentials.renew(undefined);

    expect(renewed).toEqual(aSuccess('one'));
    expect(invocations).toHaveLength(1);
  });

  it.each<[string, () => Refreshed, object]>([
    [
      'whose credentials are refused',
      () => ({ errorType: 'TokenRefusedError' }),
      { kind: 'auth', code: 'token-refused' },
    ],
    [
      'that finds the token endpoint down',
      () => ({ errorType: 'TokenUnavailableError' }),
      { kind: 'transient', code: 'token-unavailable' },
    ],
    ['that is killed', () => ({ errorType: 'Sandbox.Timedout' }), { kind: 'transient', code: 'token-unavailable' }],
    [
      'that can not be invoked',
      () => {
        throw new Error('TooManyRequestsException');
      },
      { kind: 'busy', code: 'refresher-unavailable' },
    ],
  ])('a function %s says so, and the next refusal tries again', async (_what, refresh, failure) => {
    const { credentials, invocations } = aToken('one', refresh);

    const outcomes = [await credentials.renew('one'), await credentials.renew('one')];

    expect(outcomes).toEqual(Array(2).fill({ ...failure, operation: read }));
    expect(invocations).toHaveLength(2);
  });

  it('Secrets Manager down is busy: no function is invoked', async () => {
    const { credentials, secret, invocations } = aToken('one', () => 'two');
    secret.down = true;

    const outcomes = [await credentials.get(), await credentials.renew('one')];

    expect(outcomes).toEqual([unavailable, unavailable]);
    expect(invocations).toEqual([]);
  });
});

describe('keptCredentials', () => {
  it('renews by reading again: an operator may have replaced the key', async () => {
    const answers = ['one', 'two'];
    const { client, sent } = answering(new SecretsManagerClient(nowhere), () => ({ SecretString: answers.shift() }));
    const credentials = keptCredentials(createSecretReader(client, 'key', () => 0));

    const outcomes = [await credentials.get(), await credentials.get(), await credentials.renew('one')];

    expect(outcomes).toEqual([aSuccess('one'), aSuccess('one'), aSuccess('two')]);
    expect(sent).toHaveLength(2);
  });

  it('an empty secret is auth, an unreachable one busy', async () => {
    const empty = answering(new SecretsManagerClient(nowhere), () => ({}));
    const down = answering(new SecretsManagerClient(nowhere), () => {
      throw new Error('down');
    });

    const outcomes = await Promise.all(
      [empty, down].map(({ client }) => keptCredentials(createSecretReader(client, 'key', () => 0)).get()),
    );

    expect(outcomes).toEqual([missing, unavailable]);
  });
});
