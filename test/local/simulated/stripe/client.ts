import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import { startSimulatedStripe } from '../../../../local/simulated/stripe/server.ts';
import type { SimulationOptions } from '../../../../local/simulated/system.ts';

export const API_KEY = 'sk_test_millrace';

/** A simulated Stripe that ends with the test, and the official client on it. */
export async function simulatedStripe(options: SimulationOptions = {}) {
  const system = await startSimulatedStripe({ apiKey: API_KEY, ...options });
  onTestFinished(() => system.stop());
  return { system, stripe: stripeClient(system.url) };
}

export function stripeClient(url: string, apiKey = API_KEY): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(apiKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}
