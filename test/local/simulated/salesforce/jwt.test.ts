import { Connection } from 'jsforce';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulatedSalesforce } from '../../../../local/simulated/salesforce/server.ts';
import { rsaKeys, signJwt } from '../../../support/web-jwt.ts';
import { errorOf } from '../support.ts';
import { CLIENT } from './client.ts';

const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const username = 'integration@acme.example';
const keys = await rsaKeys();
const soon = () => Math.floor(Date.now() / 1000) + 60;
const claims = () => ({ iss: CLIENT.clientId, sub: username, aud: 'https://login.salesforce.com', exp: soon() });

/** An org whose connected app has the certificate, and the official client without a token. */
async function anOrg(jwt: { publicKey: string; username: string } | null = { publicKey: keys.publicPem, username }) {
  const system = await startSimulatedSalesforce({ ...CLIENT, ...(jwt && { jwt }) });
  onTestFinished(() => system.stop());
  const connection = new Connection({ instanceUrl: system.url, version: '66.0', oauth2: { loginUrl: system.url } });
  return { connection, authorize: (assertion: string) => connection.authorize({ grant_type, assertion }) };
}

describe('JWT bearer', () => {
  it('gives the official client a token for an assertion that the app was signed up with, and it works', async () => {
    const { connection, authorize } = await anOrg();

    await authorize(await signJwt(keys.privateKey, claims()));

    expect((await connection.query('SELECT COUNT() FROM Account')).totalSize).toBe(0);
  });

  it.each([
    ['of another client', { iss: 'other' }, 'client identifier invalid'],
    ['for another user', { sub: 'ada@acme.example' }, "user hasn't approved this consumer"],
    ['for somebody else', { aud: 'https://example.com' }, 'audience is invalid'],
    ['that has ended', { exp: soon() - 120 }, 'invalid assertion'],
    ['that ends in an hour', { exp: soon() + 3_600 }, 'invalid assertion'],
    ['that ends at a time in milliseconds', { exp: Date.now() + 60_000 }, 'invalid assertion'],
  ])('refuses one %s', async (_what, differs, description) => {
    const { authorize } = await anOrg();

    const error = await errorOf(authorize(await signJwt(keys.privateKey, { ...claims(), ...differs })));

    expect(error).toMatchObject({ name: 'invalid_grant', message: description });
  });

  it('refuses one that another key signed, that says another algorithm, or that is none', async () => {
    const { authorize } = await anOrg();
    const other = await rsaKeys();
    const assertions = [
      await signJwt(other.privateKey, claims()),
      await signJwt(keys.privateKey, claims(), { alg: 'none' }),
      'assertion',
    ];

    const errors = await Promise.all(assertions.map((assertion) => errorOf(authorize(assertion))));

    expect(errors.map(({ name }) => name)).toEqual(Array(3).fill('invalid_grant'));
  });

  it('refuses every one where nobody may sign in so', async () => {
    const { authorize } = await anOrg(null);

    const error = await errorOf(authorize(await signJwt(keys.privateKey, claims())));

    expect(error).toMatchObject({ name: 'invalid_grant', message: "user hasn't approved this consumer" });
  });
});
