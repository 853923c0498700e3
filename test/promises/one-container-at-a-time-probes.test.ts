import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { type Container, startContainer } from './support/containers.ts';
import { unannouncedCustomers } from './support/events.ts';
import { openedBreaker } from './support/health.ts';
import { aMessage } from './support/messages.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { isProbe, setFault, timeOfCall } from './support/systems.ts';

const { probeMs, cacheMs } = (await policiesOf(flows.fromStripe)).breaker;

await openScene();

/** Has a container deliver messages about a record over and over, until it is killed. */
async function keepBusy(container: Container, subject: string): Promise<void> {
  const attributes = () => ({
    ApproximateReceiveCount: '1',
    SentTimestamp: String(Date.now()),
    MessageGroupId: randomUUID(),
  });
  // Of no queue: nothing comes back that is not made here.
  const message = () => ({ messageId: randomUUID(), receiptHandle: randomUUID(), attributes: attributes() });
  const body = () => JSON.stringify(aMessage(flows.fromStripe, subject));
  while ((await container.run([{ ...message(), body: body() }])) !== undefined) {
    await setTimeout(50 + 100 * Math.random());
  }
}

it('five busy containers of a system that is down: one probe an interval, and no other call', async () => {
  const records = await unannouncedCustomers(5);
  const containers = await Promise.all(records.map(() => startContainer(flows.fromStripe)));
  const calls = await watchCalls();
  await setFault('salesforce', { fault: 'down' });

  for (const [index, container] of containers.entries()) void keepBusy(container, records[index]!.id);
  const { openedMs } = await openedBreaker('salesforce');
  const probes = async () => (await calls('salesforce')).filter(isProbe).map(timeOfCall);
  const refusals = () => containers.map(({ output }) => output().split('breaker-open-failures').length - 1);
  await waitFor(async () => (await probes()).length >= 2 && Math.min(...refusals()) >= 10, {
    what: `two probes, and refusals in each container\n${containers.map(({ output }) => output().slice(-2_000)).join('\n')}`,
  });

  const times = await probes();
  for (const [index, at] of times.entries()) expect(at - (times[index - 1] ?? openedMs)).toBeGreaterThan(probeMs - 100);
  const others = (await calls('salesforce')).filter((call) => !isProbe(call));
  expect(others.filter((call) => timeOfCall(call) > openedMs + cacheMs)).toEqual([]);
});
