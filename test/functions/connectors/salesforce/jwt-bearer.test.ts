import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttp } from '../../../../functions/connectors/http/client.ts';
import { fetchToken } from '../../../../functions/connectors/salesforce/jwt-bearer.ts';
import { startSimulatedSalesforce } from '../../../../local/simulated/salesforce/server.ts';
import { rsaKeys, verifyJwt } from '../../../support/web-jwt.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall, account, client, HeldCredentials, salesforceAt } from '../support/systems.ts';

const keys = await rsaKeys();
const username = 'integration@acme.example';
const services = { http: createHttp(), now: Date.now, timeoutMs: 5_000 };
const operatorSecret = (url: string, differs: object = {}) =>
  JSON.stringify({ url, clientId: client.clientId, username, privateKey: keys.privatePem, ...differs });

/** What is posted to the token endpoint, by services of one's own that call nobody. */
async function posted(url: string, differs: object = {}, nowMs = 1_763_625_600_000) {
  const forms: Record<string, string>[] = [];
  await fetchToken(operatorSecret(url, differs), {
    http: async ({ body }) => {
      forms.push(Object.fromEntries(new URLSearchParams(body)));
      return { kind: 'no-response', code: 'connection' };
    },
    now: () => nowMs,
    timeoutMs: 1,
  });
  return verifyJwt(keys.publicKey, forms[0]?.assertion ?? '');
}

describe('fetchToken by JWT bearer', () => {
  it('makes a token that calls are accepted with, and sends no secret', async () => {
    const system = await startSimulatedSalesforce({ ...client, jwt: { publicKey: keys.publicPem, username } });
    onTestFinished(system.stop);

    const token = await fetchToken(operatorSecret(system.url), services);

    const text = token.kind === 'success' ? token.value : '';
    const read = await salesforceAt(new HeldCredentials(text)).read(account, '001000000000001AAA', aCall());
    expect(read).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('posts an assertion that another implementation verifies, for the user, and for a minute and a half', async () => {
    const assertion = await posted('https://acme.my.salesforce.com');

    expect(assertion).toEqual({
      header: { alg: 'RS256', typ: 'JWT' },
      claims: {
        iss: client.clientId,
        sub: username,
        aud: 'https://login.salesforce.com',
        exp: 1_763_625_600 + 90,
      },
    });
  });

  it.each([
    ['https://acme.my.salesforce.com', {}, 'https://login.salesforce.com'],
    ['https://acme--dev.sandbox.my.salesforce.com/', {}, 'https://test.salesforce.com'],
    ['https://acme.my.site.com', { audience: 'https://acme.my.site.com' }, 'https://acme.my.site.com'],
  ])('of %s with %j is for %s', async (url, differs, aud) => {
    expect(await posted(url, differs)).toMatchObject({ claims: { aud } });
  });

  it('takes a key in the older form, too', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const server = await stubServer({ status: 200, body: '{"access_token":"t","instance_url":"https://a.b"}' });
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });

    const token = await fetchToken(operatorSecret(server.url, { privateKey: pem }), services);

    expect(token.kind).toBe('success');
  });

  it('an assertion that is refused is auth, by what Salesforce calls it', async () => {
    const system = await startSimulatedSalesforce({ ...client, jwt: { publicKey: keys.publicPem, username } });
    onTestFinished(system.stop);

    const token = await fetchToken(operatorSecret(system.url, { username: 'other@acme.example' }), services);

    expect(token).toEqual({ kind: 'auth', code: 'invalid_grant', operation: 'salesforce.token', status: 400 });
  });

  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pkcs8);
  const { privateKey: encrypted } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'secret' },
  });

  it.each([
    ['no JSON', 'private key'],
    ['no key', operatorSecret('https://a.b', { privateKey: '' })],
    ['no PEM', operatorSecret('https://a.b', { privateKey: 'key' })],
    ['an elliptic curve', operatorSecret('https://a.b', { privateKey: ecKey })],
    ['an encrypted key', operatorSecret('https://a.b', { privateKey: encrypted })],
    ['no user', operatorSecret('https://a.b', { username: '' })],
    ['a client secret', JSON.stringify({ url: 'https://a.b', ...client })],
  ])('a secret with %s is auth without a call', async (_what, text) => {
    const token = await fetchToken(text, { ...services, http: () => Promise.reject(new Error('called')) });

    expect(token).toEqual({ kind: 'auth', code: 'credentials-malformed', operation: 'salesforce.token' });
  });
});
