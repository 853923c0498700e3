import { describe, expect, it, vi } from 'vitest';
import { fetchToken } from '../../../functions/connectors/salesforce/token.ts';
import { createHandler } from '../../../functions/refresh-token/handler.ts';
import { aContext, awsEndpoint, capturedLog } from '../aws/aws-endpoint.ts';
import { client, simulatedSalesforce } from '../connectors/support/systems.ts';

/** The handler on an AWS that holds the operator's secret; `secret` may change it between runs. */
async function aHandler(secret: () => string) {
  const log = capturedLog();
  const calls = await awsEndpoint({
    'secretsmanager.GetSecretValue': () => ({ SecretString: secret() }),
    'secretsmanager.PutSecretValue': () => ({}),
  });
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'test/crm');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'millrace-test');
  vi.stubEnv('CLIENT_SECRET_ID', 'crm/credentials');
  vi.stubEnv('TOKEN_SECRET_ID', 'crm/token');
  vi.stubEnv('CALL_TIMEOUT_MS', '5000');
  return { handler: createHandler({ fetchToken }), calls, log };
}

describe('refresh-token: the handler', () => {
  it("reads the operator's secret, fetches a token, and stores it in the token's secret", async () => {
    const { operator, url } = await simulatedSalesforce();
    const { handler, calls, log } = await aHandler(() => operator);

    await handler({}, aContext);

    const [read, stored] = calls;
    const token = JSON.parse(String(stored?.input.SecretString)) as { accessToken: string; instanceUrl: string };
    expect(read).toMatchObject({ action: 'secretsmanager.GetSecretValue', input: { SecretId: 'crm/credentials' } });
    expect(stored).toMatchObject({ action: 'secretsmanager.PutSecretValue', input: { SecretId: 'crm/token' } });
    expect(token.instanceUrl).toBe(url);
    expect(log.join('\n')).toContain('TokenRefreshed');
    for (const secret of [client.clientSecret, token.accessToken]) expect(log.join('\n')).not.toContain(secret);
  });

  it('fails when the credentials are refused, and succeeds once an operator mended them', async () => {
    const { operator } = await simulatedSalesforce();
    let secret = operator.replace(client.clientSecret, 'wrong');
    const { handler, calls } = await aHandler(() => secret);

    const refused = handler({}, aContext);
    await expect(refused).rejects.toThrow('No token: invalid_client');
    const storedBefore = calls.filter(({ action }) => action.endsWith('PutSecretValue')).length;
    secret = operator;
    await handler({}, aContext);

    expect(storedBefore).toBe(0);
    expect(calls.filter(({ action }) => action.endsWith('PutSecretValue'))).toHaveLength(1);
  });
});
