import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, vi } from 'vitest';
import { keptCredentials, type NoAnswer, refreshedCredentials } from '../../../functions/aws/credentials.ts';
import { createSecretReader } from '../../../functions/aws/secret-reader.ts';
import { textHash } from '../../../functions/aws/text-hash.ts';
import type { RefreshAnswer } from '../../../functions/contract/tokens.ts';
import { answering, nowhere } from './fake-client.ts';

/** A secret whose text, or failure, the test sets, and a clock that only sleeping moves. */
function aSecret(first: string | undefined) {
  const state: { text: string | undefined; down: boolean; nowMs: number } = { text: first, down: false, nowMs: 0 };
  const { client, sent } = answering(new SecretsManagerClient(nowhere), () => {
    if (state.down) throw new Error('Secrets Manager is down');
    return { SecretString: state.text };
  });
  return { state, reads: sent, reader: createSecretReader(client, 'secret', () => state.nowMs) };
}

/** A token's secret, and the function that is asked for newer ones; `answer` does what it would. */
function aToken(first: string | undefined, answer: () => Promise<RefreshAnswer | NoAnswer> | RefreshAnswer | NoAnswer) {
  const { state, reads, reader: secret } = aSecret(first);
  const asked: [refused: string | null, timeoutMs: number][] = [];
  const slept: number[] = [];
  const credentials = refreshedCredentials({
    secret,
    ask: async (...question) => {
      asked.push(question);
      return answer();
    },
    now: () => state.nowMs,
    sleep: async (ms) => {
      slept.push(ms);
      state.nowMs += ms;
    },
    random: () => 0.5,
  });
  return { state, credentials, reads, asked, slept };
}

const operation = 'credentials.read';
const missing = { kind: 'auth', code: 'credentials-missing', operation };
const unavailable = { kind: 'busy', code: 'secrets-unavailable', operation, unasked: true };
const aSuccess = (value: string) => ({ kind: 'success', value });
const refusalWith = (status: number) => ({
  failure: { kind: 'auth', code: `http-${status}`, operation: 'crm.read', status } as const,
  timeoutMs: 8_000,
});
const refusal = refusalWith(401);

describe('refreshedCredentials', () => {
  it('answers the token, and auth where there is none yet', async () => {
    const held = aToken('one', () => ({ kind: 'stands' }));
    const empty = aToken(undefined, () => ({ kind: 'stands' }));

    expect(await held.credentials.get()).toEqual(aSuccess('one'));
    expect(await empty.credentials.get()).toEqual(missing);
    expect(held.asked).toEqual([]);
  });

  it('asks the function with the hash of the refused token, for as long as the call has, and reads what it stored', async () => {
    const token = aToken('one', () => {
      token.state.text = 'two';
      return { kind: 'stored', hash: textHash('two') };
    });
    await token.credentials.get();

    const renewed = await token.credentials.renew('one', refusal);

    expect(renewed).toEqual(aSuccess('two'));
    expect(await token.credentials.get()).toEqual(aSuccess('two'));
    expect(token.asked).toEqual([[textHash('one'), 8_000]]);
    expect([token.reads.length, token.slept]).toEqual([3, []]);
  });

  it('asks for the first token', async () => {
    const token = aToken(undefined, () => {
      token.state.text = 'one';
      return { kind: 'stored', hash: textHash('one') };
    });

    expect(await token.credentials.renew(undefined, refusal)).toEqual(aSuccess('one'));
    expect(token.asked).toEqual([[null, 8_000]]);
  });

  it('asks nobody where a right is missing: another token would have no more', async () => {
    const { credentials, asked, reads } = aToken('one', () => ({ kind: 'stands' }));
    await credentials.get();

    const renewed = await credentials.renew('one', refusalWith(403));

    expect(renewed).toEqual(refusalWith(403).failure);
    expect([asked.length, reads.length]).toEqual([0, 1]);
  });

  it('asks once for any number of refusals of a token at the same time', async () => {
    const gate = Promise.withResolvers<RefreshAnswer>();
    const token = aToken('one', () => gate.promise);
    await token.credentials.get();

    const renewals = Array.from({ length: 10 }, () => token.credentials.renew('one', refusal));
    await vi.waitUntil(() => token.asked.length > 0);
    token.state.text = 'two';
    gate.resolve({ kind: 'stored', hash: textHash('two') });

    expect(await Promise.all(renewals)).toEqual(Array(10).fill(aSuccess('two')));
    expect(token.asked).toHaveLength(1);
  });

  it('looks a few times, ever less often, for a token that does not show yet, then hands back', async () => {
    const { credentials, reads, slept } = aToken('one', () => ({ kind: 'stored', hash: textHash('two') }));
    await credentials.get();

    const renewed = await credentials.renew('one', refusal);

    expect(renewed).toEqual({ kind: 'busy', code: 'token-not-shown', operation, retryAfterMs: 1_000, unasked: true });
    expect(slept).toEqual([200, 400, 800, 1_600]);
    expect(reads).toHaveLength(1 + 1 + 5);
  });

  it('starts nothing where the call has no time left', async () => {
    const { credentials, asked } = aToken('one', () => ({ kind: 'stands' }));

    const renewed = await credentials.renew('one', { ...refusal, timeoutMs: 0 });

    expect(renewed).toMatchObject({ kind: 'busy', code: 'out-of-time', retryAfterMs: 0, unasked: true });
    expect(asked).toEqual([]);
  });

  it.each<[string, RefreshAnswer | NoAnswer, object]>([
    ['refused the credentials', { kind: 'refused' }, { kind: 'auth', code: 'token-refused', operation }],
    ['found the endpoint down', { kind: 'unavailable' }, { kind: 'transient', code: 'token-unavailable', operation }],
    [
      'can not be invoked',
      { kind: 'unreachable' },
      { kind: 'busy', code: 'refresher-unavailable', operation, unasked: true },
    ],
    ['lets the refusal stand', { kind: 'stands' }, refusal.failure],
    [
      'says that the token is too new',
      { kind: 'wait', code: 'token-settling', waitMs: 7_000 },
      { kind: 'busy', code: 'token-settling', operation, retryAfterMs: 7_000, unasked: true },
    ],
  ])('a function that %s: says so, and the next refusal asks again', async (_what, answer, failure) => {
    const { credentials, asked } = aToken('one', () => answer);

    const outcomes = [await credentials.renew('one', refusal), await credentials.renew('one', refusal)];

    expect(outcomes).toEqual(Array(2).fill(failure));
    expect(asked).toHaveLength(2);
  });

  it('Secrets Manager down is busy: nobody is asked', async () => {
    const { credentials, state, asked } = aToken('one', () => ({ kind: 'stands' }));
    state.down = true;

    const outcomes = [await credentials.get(), await credentials.renew('one', refusal)];

    expect(outcomes).toEqual([unavailable, unavailable]);
    expect(asked).toEqual([]);
  });
});

describe('keptCredentials', () => {
  const aKey = (first: string | undefined) => {
    const { state, reads, reader } = aSecret(first);
    return { state, reads, credentials: keptCredentials(reader) };
  };

  it('renews by reading again, at most once a second: an operator may have replaced the key', async () => {
    const { state, reads, credentials } = aKey('one');
    await credentials.get();
    state.text = 'two';

    const soon = await credentials.renew('one', refusal);
    state.nowMs += 1_000;
    const later = await credentials.renew('one', refusal);
    const late = await credentials.renew('one', refusal);

    expect([soon, later, late]).toEqual([refusal.failure, aSuccess('two'), aSuccess('two')]);
    expect(reads).toHaveLength(2);
  });

  it('an empty secret is auth, an unreachable one busy', async () => {
    const [empty, down] = [aKey(undefined), aKey('one')];
    down.state.down = true;

    const outcomes = await Promise.all([empty, down].map(({ credentials }) => credentials.get()));
    const renewals = await Promise.all([empty, down].map(({ credentials }) => credentials.renew(undefined, refusal)));

    expect(outcomes).toEqual([missing, unavailable]);
    expect(renewals).toEqual([missing, unavailable]);
  });
});
