import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect, inject } from 'vitest';
import { aws } from '../../support/clients.ts';
import { request } from '../../support/request.ts';
import { secretOf } from './names.ts';
import { type Call, timeOfCall } from './systems.ts';

/** A secret's text, as its readers get it. */
export async function readSecret(SecretId: string): Promise<string> {
  return (await aws.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
}

/** The text of the secret with the token that deliveries use at Salesforce. */
export const readToken = () => readSecret(secretOf('salesforce', 'token'));

/** Ends the session that deliveries use at Salesforce. */
export async function endSession(): Promise<void> {
  const { accessToken } = JSON.parse(await readToken()) as { accessToken: string };
  const url = `${inject('pipeline').systems.salesforce.url}/services/oauth2/revoke`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await request(url, { headers, body: new URLSearchParams({ token: accessToken }).toString() });
  expect(answer.status).toBe(200);
}

/** The calls that asked for a token, and when, Unix milliseconds. */
export function tokenCalls(calls: readonly Call[]) {
  const asked = calls.filter(({ path }) => path === '/services/oauth2/token');
  return { asked, times: asked.map(timeOfCall) };
}
