/**
 * The emulator runs one invocation of a queue at a time, so here the built bundle itself runs as several processes,
 * which share the emulator's DynamoDB.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { awsClients, rootCredentials } from '../support/clients.ts';
import { waitFor } from '../support/wait-for.ts';
import { unannouncedCustomers } from './support/events.ts';
import { environmentOf } from './support/functions.ts';
import { openedBreaker } from './support/health.ts';
import { functionOf, integration } from './support/names.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import {
  callsTo,
  clearFaults,
  isProbe,
  salesforceClient,
  setFault,
  stripeClient,
  timeOfCall,
  warmUp,
} from './support/systems.ts';

const { lambda } = awsClients();
const { probeMs, cacheMs } = (await policiesOf(lambda, flows.fromStripe)).breaker;
const bundle = join(
  import.meta.dirname,
  '../../dist/functions',
  integration,
  `deliver-event-${flows.fromStripe}`,
  'index.mjs',
);

beforeAll(async () => warmUp(stripeClient(), await salesforceClient()));

afterEach(clearFaults);

/** Starts one more container that is always busy with a record; answers how to see what it logged. */
function startContainer(subject: string, variables: Readonly<Record<string, string>>): () => string {
  const { endpoint, region, caFile } = inject('pipeline');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support/deliver-worker.ts'), bundle, subject], {
    env: {
      ...variables,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
      NODE_EXTRA_CA_CERTS: caFile,
    },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  child.on('exit', (code) => (output += `ended with ${code}`));
  return () => output;
}

it('five busy containers of a system that is down: one probe an interval, and no other call', async () => {
  const records = await unannouncedCustomers(5);
  const variables = await environmentOf(lambda, functionOf('deliver-event', flows.fromStripe));
  const before = (await callsTo('salesforce')).length;
  await setFault('salesforce', { fault: 'down' });

  const containers = records.map(({ id }) => startContainer(id, variables));
  const { openedMs } = await openedBreaker('salesforce');
  const probes = async () => (await callsTo('salesforce')).slice(before).filter(isProbe).map(timeOfCall);
  const refusals = () => containers.map((output) => output().split('breaker-open-failures').length - 1);
  await waitFor(async () => (await probes()).length >= 2 && Math.min(...refusals()) >= 10, {
    what: `two probes, and refusals in each container\n${containers.map((output) => output().slice(-2_000)).join('\n')}`,
  });

  const times = await probes();
  for (const [index, at] of times.entries()) expect(at - (times[index - 1] ?? openedMs)).toBeGreaterThan(probeMs - 100);
  const others = (await callsTo('salesforce')).slice(before).filter((call) => !isProbe(call));
  expect(others.filter((call) => timeOfCall(call) > openedMs + cacheMs)).toEqual([]);
});
