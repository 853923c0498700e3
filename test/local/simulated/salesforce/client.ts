import { Connection } from 'jsforce';
import { onTestFinished } from 'vitest';
import { startSimulatedSalesforce } from '../../../../local/simulated/salesforce/server.ts';
import type { SimulationOptions } from '../../../../local/simulated/system.ts';

export const CLIENT = { clientId: 'consumer-key', clientSecret: 'consumer-secret' };

/** A simulated Salesforce that ends with the test, and the official client on it with a token. */
export async function simulatedSalesforce(options: SimulationOptions = {}) {
  const system = await startSimulatedSalesforce({ ...CLIENT, ...options });
  onTestFinished(() => system.stop());
  const accessToken = await fetchToken(system.url);
  const connect = (client?: string) =>
    new Connection({
      instanceUrl: system.url,
      accessToken,
      version: '66.0',
      ...(client && { callOptions: { client } }),
    });
  return { system, accessToken, connect, salesforce: connect() };
}

async function fetchToken(url: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
  });
  const answer = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}
