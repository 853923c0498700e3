import type { LocalFile } from '../../local/local-file.ts';
import type { ShowStep } from '../../local/steps.ts';
import { createPairs, measureEndToEnd, waitUntilQuiet } from './end-to-end.ts';
import { measureHttp } from './http-latency.ts';
import type { Load, LoadOptions, Measured } from './load.ts';
import { connectSystems } from './systems.ts';
import type { Latency } from './tables.ts';

const requests: readonly Load[] = [
  { concurrency: 1, count: 200 },
  { concurrency: 16, count: 400 },
];
const changes: readonly Load[] = [
  { concurrency: 1, count: 100 },
  { concurrency: 16, count: 160 },
];

interface Measurement {
  readonly what: string;
  readonly loads: readonly Load[];
  readonly run: (options: LoadOptions) => Promise<Measured>;
}

/** Measures a running pipeline, one thing after the other, and each once the pipeline has come to rest. */
export async function measureLatencies(local: LocalFile, showStep: ShowStep, signal: AbortSignal): Promise<Latency[]> {
  const systems = await connectSystems(local);
  // One for each worker.
  const count = Math.max(...[...requests, ...changes].map(({ concurrency }) => concurrency));
  const pairs = await showStep('Create customers with their Accounts', () => createPairs(systems, count));
  const customers = pairs.map(({ customerId }) => customerId);
  const http = (eventType: string) => (options: LoadOptions) =>
    measureHttp({ ...options, local, eventType, customers });
  const change = (from: 'stripe' | 'salesforce') => (options: LoadOptions) =>
    measureEndToEnd({ ...options, systems, pairs, from });

  const measurements: Measurement[] = [
    { what: 'HTTP, an event that no flow wants', loads: requests, run: http('invoice.paid') },
    { what: 'HTTP, an event that is queued', loads: requests, run: http('customer.updated') },
    { what: 'Change, Stripe -> Salesforce', loads: changes, run: change('stripe') },
    { what: 'Change, Salesforce -> Stripe', loads: changes, run: change('salesforce') },
  ];
  const latencies: Latency[] = [];
  for (const { what, loads, run } of measurements) {
    for (const load of loads) {
      await waitUntilQuiet(systems);
      const measured = await showStep(`${what}, ${load.concurrency} at once`, (say) => run({ ...load, signal, say }));
      latencies.push({ what, ...measured });
    }
  }
  return latencies;
}
