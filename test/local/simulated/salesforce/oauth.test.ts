import { OAuth2 } from 'jsforce';
import { describe, expect, it } from 'vitest';
import { call, errorOf } from '../support.ts';
import { CLIENT, simulatedSalesforce } from './client.ts';

const token = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  call(url, '/services/oauth2/token', { method: 'POST', body: new URLSearchParams(form), headers });

const form = { grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret };
const basic = (secret: string) => ({ authorization: `Basic ${btoa(`${CLIENT.clientId}:${secret}`)}` });

describe('OAuth', () => {
  it('gives a token to the official client, and it works', async () => {
    const { system, connect } = await simulatedSalesforce();
    const oauth2 = new OAuth2({ loginUrl: system.url, ...CLIENT });

    const response = await oauth2.requestToken({ grant_type: 'client_credentials' });

    expect(response).toMatchObject({
      access_token: expect.stringMatching(/^00D.{12}!/),
      instance_url: system.url,
      token_type: 'Bearer',
      issued_at: expect.stringMatching(/^\d{13}$/),
    });
    expect(response).not.toHaveProperty('expires_in');
    const connection = connect();
    connection.accessToken = response.access_token;
    expect((await connection.query('SELECT COUNT() FROM Account')).totalSize).toBe(0);
  });

  it('takes the credentials in a Basic header', async () => {
    const { system } = await simulatedSalesforce();

    const answer = await token(system.url, { grant_type: 'client_credentials' }, basic(CLIENT.clientSecret));

    expect(answer.status).toBe(200);
  });

  it.each([
    ['invalid_client', 400, { ...form, client_secret: 'wrong' }, {}],
    ['invalid_client', 400, { ...form, client_id: 'wrong' }, {}],
    ['invalid_client', 401, { grant_type: 'client_credentials' }, basic('wrong')],
    ['invalid_request', 400, { ...form, grant_type: '' }, {}],
    ['invalid_grant', 400, { ...form, grant_type: 'refresh_token' }, {}],
    ['unsupported_grant_type', 400, { ...form, grant_type: 'magic' }, {}],
  ])('answers %s, %d', async (error, status, body, headers: Record<string, string>) => {
    const { system } = await simulatedSalesforce();

    const answer = await token(system.url, body, headers);

    expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
  });

  it('refuses a revoked token with INVALID_SESSION_ID, and other tokens keep working', async () => {
    const { system, salesforce } = await simulatedSalesforce();
    const revoked = (await token(system.url, form)).body.access_token;
    await call(system.url, '/services/oauth2/revoke', {
      method: 'POST',
      body: new URLSearchParams({ token: revoked }),
    });

    const answer = await call(system.url, '/services/data/v66.0/limits', {
      headers: { authorization: `Bearer ${revoked}` },
    });

    expect(answer.status).toBe(401);
    expect(answer.body).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
    expect((await salesforce.query('SELECT COUNT() FROM Account')).totalSize).toBe(0);
  });

  it('answers INVALID_SESSION_ID to the official client without a token', async () => {
    const { connect } = await simulatedSalesforce();
    const connection = connect();
    connection.accessToken = 'unknown';

    const error = await errorOf(connection.sobject('Account').create({ Name: 'Acme' }));

    expect(error).toMatchObject({ errorCode: 'INVALID_SESSION_ID' });
  });

  it('lists its versions to anybody', async () => {
    const { system } = await simulatedSalesforce();

    const answer = await call(system.url, '/services/data');

    expect(answer.body).toContainEqual(expect.objectContaining({ version: '66.0', url: '/services/data/v66.0' }));
    expect(answer.headers.has('sforce-limit-info')).toBe(false);
  });
});
