import { randomBytes } from 'node:crypto';
import type { CalledKind } from './description.ts';
import { startSimulatedEndpoint } from './simulated/endpoint/server.ts';
import { startSimulatedGithub } from './simulated/github/server.ts';
import { startSimulatedGraphql } from './simulated/graphql/server.ts';
import type { RunningServer } from './simulated/http-server.ts';
import { startSimulatedSalesforce } from './simulated/salesforce/server.ts';
import { startSimulatedStripe } from './simulated/stripe/server.ts';
import type { SimulatedSystem } from './simulated/system.ts';

/** The simulated systems, on plain HTTP and free ports, and what one signs in with. */
export interface Systems {
  readonly stripe: SimulatedSystem & { readonly apiKey: string };
  readonly salesforce: SimulatedSystem & { readonly clientId: string; readonly clientSecret: string };
  readonly github: SimulatedSystem;
  readonly endpoint: RunningServer & { readonly token: string };
  readonly graphql: RunningServer & { readonly token: string };
}

/** Starts them all, with credentials that were made up just now. */
export async function startSystems(): Promise<Systems> {
  const apiKey = `sk_test_${randomText()}`;
  const client = { clientId: `millrace-${randomText()}`, clientSecret: randomText() };
  const [endpointToken, graphqlToken] = [randomText(), randomText()];
  const [stripe, salesforce, github, endpoint, graphql] = await Promise.all([
    startSimulatedStripe({ apiKey }),
    startSimulatedSalesforce(client),
    startSimulatedGithub(),
    startSimulatedEndpoint({ token: endpointToken }),
    startSimulatedGraphql({ token: graphqlToken }),
  ]);
  return {
    stripe: { ...stripe, apiKey },
    salesforce: { ...salesforce, ...client },
    github,
    endpoint: { ...endpoint, token: endpointToken },
    graphql: { ...graphql, token: graphqlToken },
  };
}

/** What the functions' credentials secret of a system holds, as JSON; a plain HTTP one has all that any sign-in needs. */
export function credentialsOf(systems: Systems, kind: CalledKind): Record<string, string> {
  const { stripe, salesforce } = systems;
  if (kind === 'stripe') return { apiKey: stripe.apiKey, url: stripe.url };
  if (kind === 'salesforce') {
    return { url: salesforce.url, clientId: salesforce.clientId, clientSecret: salesforce.clientSecret };
  }
  const { url, token } = kind === 'rest' ? systems.endpoint : systems.graphql;
  return { url, token, username: 'millrace', password: token };
}

/** A webhook secret, in the form that the scheme's senders give theirs. */
export function newWebhookSecret(scheme: string): string {
  return scheme === 'stripe' ? `whsec_${randomText()}` : randomBytes(32).toString('hex');
}

/** 32 letters and digits. */
function randomText(): string {
  return randomBytes(16).toString('hex');
}
