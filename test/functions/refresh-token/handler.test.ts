import { describe, expect, it, vi } from 'vitest';
import { textHash } from '../../../functions/aws/text-hash.ts';
import { fetchToken } from '../../../functions/connectors/salesforce/client-credentials.ts';
import { createHandler } from '../../../functions/refresh-token/handler.ts';
import { aContext, awsEndpoint, capturedLog } from '../aws/aws-endpoint.ts';
import { client, simulatedSalesforce } from '../connectors/support/systems.ts';

/** The handler on an AWS that holds the operator's secret; `secret` may change it between runs. */
async function aHandler(secret: () => string) {
  const log = capturedLog();
  let item: unknown;
  const calls = await awsEndpoint({
    'secretsmanager.GetSecretValue': () => ({ SecretString: secret() }),
    'secretsmanager.PutSecretValue': () => ({}),
    'DynamoDB.GetItem': () => (item === undefined ? {} : { Item: item }),
    'DynamoDB.PutItem': ({ Item }) => {
      item = Item;
      return {};
    },
  });
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'test/crm');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'millrace-test');
  vi.stubEnv('CLIENT_SECRET_ID', 'crm/credentials');
  vi.stubEnv('TOKEN_SECRET_ID', 'crm/token');
  vi.stubEnv('STATE_TABLE', 'state');
  vi.stubEnv('CALL_TIMEOUT_MS', '5000');
  vi.stubEnv('AUTH_POLICY', '{"waitMs":0,"settlingMs":10000,"renewAfterMs":60000}');
  const handler = createHandler({ integration: 'test', system: 'crm', fetchToken });
  const stored = () => calls.filter(({ action }) => action.endsWith('PutSecretValue'));
  return { handler, calls, log, stored };
}

describe('refresh-token: the handler', () => {
  it("under a lease reads the operator's secret, fetches a token, and stores it in the token's secret", async () => {
    const { operator, url } = await simulatedSalesforce();
    const { handler, calls, log, stored } = await aHandler(() => operator);

    const answer = await handler({}, aContext);

    const text = String(stored()[0]?.input.SecretString);
    const token = JSON.parse(text) as { accessToken: string; instanceUrl: string };
    expect(calls.map(({ action }) => action.split('.')[1])).toEqual(
      ['GetItem', 'PutItem', 'GetSecretValue', 'PutSecretValue', 'PutItem'], // the lease first, and back at the end
    );
    expect(calls[0]?.input).toMatchObject({ TableName: 'state', Key: { pk: { S: 'token:test:crm' } } });
    expect(calls[2]?.input).toEqual({ SecretId: 'crm/credentials' });
    expect(stored()).toMatchObject([{ input: { SecretId: 'crm/token' } }]);
    expect(answer).toEqual({ kind: 'stored', hash: textHash(text) });
    expect(token.instanceUrl).toBe(url);
    expect(log.join('\n')).toContain('TokenRefreshed');
    for (const secret of [client.clientSecret, token.accessToken]) expect(log.join('\n')).not.toContain(secret);
  });

  it('asked by a delivery, fetches none where the refused token was replaced moments ago', async () => {
    const { operator } = await simulatedSalesforce();
    const { handler, stored } = await aHandler(() => operator);
    await handler({}, aContext);

    const answer = await handler({ refused: 'of another token' }, aContext);

    expect(answer).toEqual({ kind: 'stored', hash: textHash(String(stored()[0]?.input.SecretString)) });
    expect(stored()).toHaveLength(1);
  });

  it('fails when the credentials are refused, and succeeds once an operator mended them', async () => {
    const { operator } = await simulatedSalesforce();
    let secret = operator.replace(client.clientSecret, 'wrong');
    const { handler, stored } = await aHandler(() => secret);

    await expect(handler({}, aContext)).rejects.toThrow('No token: invalid_client');
    const storedBefore = stored().length;
    secret = operator;
    await handler({ refused: null }, aContext);

    expect(storedBefore).toBe(0);
    expect(stored()).toHaveLength(1);
  });
});
