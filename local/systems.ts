import { randomBytes } from 'node:crypto';
import type { SimulatedKind } from './description.ts';
import { startSimulatedSalesforce } from './simulated/salesforce/server.ts';
import { startSimulatedStripe } from './simulated/stripe/server.ts';
import type { SimulatedSystem } from './simulated/system.ts';

/** The two simulated systems, on plain HTTP and free ports, and what one signs in with. */
export interface Systems {
  readonly stripe: SimulatedSystem & { readonly apiKey: string };
  readonly salesforce: SimulatedSystem & { readonly clientId: string; readonly clientSecret: string };
}

/** Starts both, with credentials that were made up just now. */
export async function startSystems(): Promise<Systems> {
  const apiKey = `sk_test_${randomText()}`;
  const client = { clientId: `millrace-${randomText()}`, clientSecret: randomText() };
  const stripe = await startSimulatedStripe({ apiKey });
  const salesforce = await startSimulatedSalesforce(client);
  return { stripe: { ...stripe, apiKey }, salesforce: { ...salesforce, ...client } };
}

/** What the functions' credentials secret of a system holds, as JSON. */
export function credentialsOf(systems: Systems, kind: SimulatedKind): Record<string, string> {
  const { stripe, salesforce } = systems;
  if (kind === 'stripe') return { apiKey: stripe.apiKey, url: stripe.url };
  return { url: salesforce.url, clientId: salesforce.clientId, clientSecret: salesforce.clientSecret };
}

/** A webhook secret, in the form that the scheme's senders give theirs. */
export function newWebhookSecret(scheme: string): string {
  return scheme === 'stripe' ? `whsec_${randomText()}` : randomBytes(32).toString('hex');
}

/** 32 letters and digits. */
function randomText(): string {
  return randomBytes(16).toString('hex');
}
