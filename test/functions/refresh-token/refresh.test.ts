import { describe, expect, it } from 'vitest';
import { createHttp } from '../../../functions/connectors/http/client.ts';
import { fetchToken } from '../../../functions/connectors/salesforce/token.ts';
import type { Outcome } from '../../../functions/engine/outcome.ts';
import { type RefreshServices, refresh, TokenRefreshError } from '../../../functions/refresh-token/refresh.ts';
import { aCall, account, HeldCredentials, salesforceAt, simulatedSalesforce } from '../connectors/support/systems.ts';
import { KeptTelemetry } from '../deliver-event/support/telemetry.ts';

function aRefresh(differs: Partial<RefreshServices> = {}) {
  const telemetry = new KeptTelemetry();
  const stored: string[] = [];
  const services: RefreshServices = {
    readCredentials: async () => 'credentials',
    fetchToken: async (credentials) => ({ kind: 'success', value: `token of ${credentials}` }),
    storeToken: async (token) => void stored.push(token),
    telemetry,
    ...differs,
  };
  return { run: () => refresh(services), stored, telemetry };
}

describe('refresh', () => {
  it('stores the token that it fetched, and says so without showing it', async () => {
    const { run, stored, telemetry } = aRefresh();

    await run();

    expect(stored).toEqual(['token of credentials']);
    expect(telemetry.counts).toEqual(new Map([['TokenRefreshed', 1]]));
    expect(JSON.stringify(telemetry.lines)).not.toContain('token of');
  });

  it('makes a token that the connector is let in with', async () => {
    const { url, operator } = await simulatedSalesforce();
    const { run, stored } = aRefresh({
      readCredentials: async () => operator,
      fetchToken: (credentials) => fetchToken(credentials, { http: createHttp(), now: Date.now, timeoutMs: 5_000 }),
    });

    await run();

    const connector = salesforceAt(new HeldCredentials(stored[0] ?? ''));
    expect(await connector.read(account, '001000000000001AAA', aCall())).toMatchObject({ code: 'NOT_FOUND' });
    expect(JSON.parse(stored[0] ?? '')).toMatchObject({ instanceUrl: url });
  });

  it('an empty secret fails, asks nobody, and says what to do', async () => {
    let asked = false;
    const { run, stored } = aRefresh({
      readCredentials: async () => undefined,
      fetchToken: async (): Promise<Outcome<string>> => {
        asked = true;
        return { kind: 'success', value: '' };
      },
    });

    const failed = run();

    await expect(failed).rejects.toThrow(TokenRefreshError);
    await expect(failed).rejects.toThrow('No token: credentials-missing. Check the credentials secret');
    expect(asked).toBe(false);
    expect(stored).toEqual([]);
  });

  it.each([
    ['refused credentials', 'auth', 'TokenRefusedError'],
    ['an outage', 'transient', 'TokenUnavailableError'],
    ['a busy endpoint', 'busy', 'TokenUnavailableError'],
  ] as const)(
    '%s fails by its code and a name that tells what it was, and the old token stays',
    async (_what, kind, name) => {
      const failure = { kind, code: 'invalid_client', operation: 'salesforce.token' };
      const { run, stored, telemetry } = aRefresh({ fetchToken: async () => failure });

      const failed = run();

      await expect(failed).rejects.toMatchObject({ name, code: 'invalid_client' });
      expect(stored).toEqual([]);
      expect(telemetry.counts).toEqual(new Map());
    },
  );

  it.each(['readCredentials', 'storeToken'] as const)('fails when %s does', async (step) => {
    const { run, telemetry } = aRefresh({ [step]: () => Promise.reject(new Error('down')) });

    await expect(run()).rejects.toThrow('down');
    expect(telemetry.counts).toEqual(new Map());
  });
});
