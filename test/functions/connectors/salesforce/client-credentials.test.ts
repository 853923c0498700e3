import { describe, expect, it } from 'vitest';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import { fetchToken } from '../../../../functions/connectors/salesforce/client-credentials.ts';
import { parseToken } from '../../../../functions/connectors/salesforce/token.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall, account, client, HeldCredentials, salesforceAt, simulatedSalesforce } from '../support/systems.ts';

const services = { http: createHttp(), now: () => 1_763_625_600_000, timeoutMs: 5_000 };
const operatorSecret = (url: string, differs: object = {}) => JSON.stringify({ url, ...client, ...differs });

describe('fetchToken by client credentials', () => {
  it('makes a token that calls are accepted with', async () => {
    const { url } = await simulatedSalesforce();

    const token = await fetchToken(operatorSecret(`${url}/`), services);

    const text = token.kind === 'success' ? token.value : '';
    const read = await salesforceAt(new HeldCredentials(text)).read(account, '001000000000001AAA', aCall());
    expect(parseToken(text)).toMatchObject({ instanceUrl: url, issuedAt: 1_763_625_600_000 });
    expect(read).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes a secret in the form of a managed external secret of Secrets Manager, too', async () => {
    const { url } = await simulatedSalesforce();
    const { clientId: consumerKey, clientSecret: consumerSecret } = client;
    const managed = {
      consumerKey,
      consumerSecret,
      baseUri: url,
      appId: '0CjXX0000000001',
      consumerId: '888XX0000000001',
    };

    const token = await fetchToken(JSON.stringify(managed), services);

    expect(token).toMatchObject({ kind: 'success', value: expect.stringContaining(url) });
  });

  it('posts the client credentials as a form', async () => {
    const body = '{"access_token":"t","instance_url":"https://acme.my.salesforce.com"}';
    const server = await stubServer({ status: 200, body });

    const token = await fetchToken(operatorSecret(server.url, { clientSecret: 'a&b=c' }), services);

    expect(server.requests).toMatchObject([{ method: 'POST', url: '/services/oauth2/token' }]);
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: 'a&b=c',
    });
    expect(token).toMatchObject({ value: expect.stringContaining('https://acme.my.salesforce.com') });
  });

  it('a wrong secret is auth', async () => {
    const { url } = await simulatedSalesforce();

    const token = await fetchToken(operatorSecret(url, { clientSecret: 'wrong' }), services);

    expect(token).toEqual({ kind: 'auth', code: 'invalid_client', operation: 'salesforce.token', status: 400 });
  });

  it.each(['', 'consumer-secret', '{"url":"no url","clientId":"a","clientSecret":"b"}', '{"url":"https://a.b"}'])(
    'a malformed secret is auth without a call: %j',
    async (text) => {
      expect(await fetchToken(text, services)).toMatchObject({ kind: 'auth', code: 'credentials-malformed' });
    },
  );

  it.each([
    [{ fault: 'down' }, 'transient'],
    [{ fault: 'throttle' }, 'transient'],
    [{ fault: 'reset' }, 'transient'],
  ])('%j is %s', async (fault, kind) => {
    const system = await simulatedSalesforce();
    await system.fault(fault);

    const token = await fetchToken(system.operator, services);

    expect(token).toMatchObject({ kind, operation: 'salesforce.token' });
  });

  it('an answer without a token is auth', async () => {
    const server = await stubServer({ status: 200, body: '{"access_token":"","instance_url":"https://a.b"}' });

    const token = await fetchToken(operatorSecret(server.url), services);

    expect(token).toMatchObject({ kind: 'auth', code: 'http-200' });
  });
});
