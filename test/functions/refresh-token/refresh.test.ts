import { describe, expect, it } from 'vitest';
import { textHash } from '../../../functions/aws/text-hash.ts';
import { createHttp } from '../../../functions/connectors/http/client.ts';
import { fetchToken } from '../../../functions/connectors/salesforce/client-credentials.ts';
import { TokenRefreshError } from '../../../functions/refresh-token/refresh.ts';
import { createTokens } from '../../../functions/state/tokens.ts';
import { aCall, account, HeldCredentials, salesforceAt, simulatedSalesforce } from '../connectors/support/systems.ts';
import { TokenWorld } from './support/token-world.ts';

const stateOf = ({ table, system }: TokenWorld) => createTokens(table, 'test').read(system);

/** A world with one token in it, made so long ago. */
async function aToken(ageMs: number) {
  const world = new TokenWorld();
  await world.run();
  world.advance(ageMs);
  const first = { refused: textHash(world.textOf('crm-1')) };
  return { world, first };
}

describe('refresh', () => {
  it('stores the token that it fetched, notes since when, and says so without showing it', async () => {
    const world = new TokenWorld();

    const answer = await world.run();

    const hash = textHash(world.textOf('crm-1'));
    expect(answer).toEqual({ kind: 'stored', hash });
    expect(world.stored).toEqual(['crm-1']);
    expect(await stateOf(world)).toMatchObject({ hash, issuedMs: world.nowMs, lease: undefined, early: 0 });
    expect(world.telemetry.counts).toEqual(new Map([['TokenRefreshed', 1]]));
    expect(JSON.stringify([world.telemetry.lines, [...world.table.rows]])).not.toContain('crm-1');
  });

  it('makes a token that the connector is let in with', async () => {
    const { url, operator } = await simulatedSalesforce();
    const world = new TokenWorld();
    world.credentials = operator;
    const stored: string[] = [];

    await world.run(undefined, {
      fetchToken: (credentials) => fetchToken(credentials, { http: createHttp(), now: Date.now, timeoutMs: 5_000 }),
      storeToken: async (token) => void stored.push(token),
    });

    const connector = salesforceAt(new HeldCredentials(stored[0] ?? ''));
    expect(await connector.read(account, '001000000000001AAA', aCall())).toMatchObject({ code: 'NOT_FOUND' });
    expect(JSON.parse(stored[0] ?? '')).toMatchObject({ instanceUrl: url });
  });

  it('on schedule, replaces a token whatever its age', async () => {
    const { world } = await aToken(1_000);

    await world.run();

    expect(world.stored).toEqual(['crm-1', 'crm-2']);
  });

  it('an empty secret fails, asks nobody, and says what to do', async () => {
    const world = new TokenWorld();
    world.credentials = undefined;

    const failed = world.run();

    await expect(failed).rejects.toThrow(TokenRefreshError);
    await expect(failed).rejects.toThrow('No token: credentials-missing. Check the credentials secret');
    expect(world.asked).toEqual([]);
  });

  it.each([
    ['refused credentials', 'auth', 'TokenRefusedError'],
    ['an outage', 'transient', 'TokenUnavailableError'],
    ['a busy endpoint', 'busy', 'TokenUnavailableError'],
  ] as const)('%s: fails by a name that tells it, and the old token stays in force', async (_what, kind, name) => {
    const { world, first } = await aToken(3_600_000);
    const before = await stateOf(world);
    world.answer = async () => ({ kind, code: 'invalid_client', operation: 'crm.token' });

    const failed = world.run(first);

    await expect(failed).rejects.toMatchObject({ name, code: 'invalid_client' });
    const { hash, issuedMs, lease } = await stateOf(world);
    expect({ hash, issuedMs, lease }).toEqual({ hash: before.hash, issuedMs: before.issuedMs, lease: undefined });
    expect(world.stored).toEqual(['crm-1']);
    expect(world.telemetry.counts.get('TokenRefreshed')).toBe(1);
  });

  it('does not show refused credentials again before the wait is over, unless they were replaced', async () => {
    const world = new TokenWorld();
    world.answer = async () => ({ kind: 'auth', code: 'invalid_client', operation: 'crm.token' });
    const fail = () => expect(world.run({ refused: null })).rejects.toMatchObject({ code: 'invalid_client' });
    await fail();

    world.advance(29_999);
    await fail();
    await expect(world.run()).rejects.toMatchObject({ name: 'TokenRefusedError' });
    const within = [...world.asked];
    world.credentials = 'mended client';
    await fail();
    world.advance(30_000);
    await fail();

    expect(within).toEqual(['client']);
    expect(world.asked).toEqual(['client', 'mended client', 'mended client']);
  });

  it('an outage of the endpoint is no refusal: whoever asks next asks the endpoint', async () => {
    const world = new TokenWorld();
    world.answer = async () => ({ kind: 'transient', code: 'timeout', operation: 'crm.token' });
    await expect(world.run()).rejects.toMatchObject({ name: 'TokenUnavailableError' });

    await expect(world.run()).rejects.toMatchObject({ name: 'TokenUnavailableError' });

    expect(world.asked).toHaveLength(2);
  });

  it('fails when the credentials can not be read, and gives the lease back', async () => {
    const world = new TokenWorld();

    await expect(world.run(undefined, { readCredentials: () => Promise.reject(new Error('down')) })).rejects.toThrow();

    expect(await stateOf(world)).toMatchObject({ lease: undefined });
  });

  it('a token that may or may not have been stored is replaced for whoever asks next, whichever was refused', async () => {
    const { world } = await aToken(1_000);
    const lost = { storeToken: () => Promise.reject(new Error('timed out')) };
    await expect(world.run(undefined, lost)).rejects.toThrow('timed out');

    const answer = await world.run({ refused: 'of whatever the secret shows' });

    expect(answer).toMatchObject({ kind: 'stored' });
    expect(world.asked).toHaveLength(3);
  });

  it('where the lease can not be given back, what was stored counts all the same', async () => {
    const world = new TokenWorld();
    const run = world.run(undefined, {
      storeToken: async (token) => {
        world.store(token);
        world.table.failing.add('replace');
      },
    });

    expect(await run).toMatchObject({ kind: 'stored' });
    expect(world.telemetry.lines).toMatchObject([{}, { level: 'warn', message: 'lease not given back' }]);
  });
});
