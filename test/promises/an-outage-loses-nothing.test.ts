import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, deliveryTimes, expectOneRecordEach, unannouncedCustomers } from './support/events.ts';
import { openedBreaker } from './support/health.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { expectOneOfEach, openScene, recordsEachWay, watchCalls } from './support/scene.ts';
import { clearFaults, isProbe, setFault, systemNames, timeOfCall } from './support/systems.ts';

const { probeMs, cacheMs } = (await policiesOf(flows.fromStripe)).breaker;

/** The next probe, lengthened by its jitter and to whole seconds; a call's timeout; and the emulator's own pace. */
const movesWithinMs = Math.ceil((probeMs * 1.1) / 1000) * 1000 + 1_000 + 1_000;

await openScene();

it.each(systemNames)(
  '%s is down under load: hardly called, nothing lost or parked, and the backlog moves as soon as it is back',
  async (system) => {
    const records = await recordsEachWay(12);
    const [first, later] = [records.filter((_, index) => index % 2 === 0), records.filter((_, index) => index % 2)];
    const calls = await watchCalls();
    const whileDown = async () => (await calls(system)).filter(({ fault }) => fault === 'down');

    await setFault(system, { fault: 'down' });
    await Promise.all(first.map(announce));
    const { openedMs } = await openedBreaker(system);
    for (const record of later) {
      await announce(record);
      await setTimeout(probeMs / 10);
    }
    await waitFor(async () => (await whileDown()).filter(isProbe).length >= 2, { what: 'two probes in vain' });
    await clearFaults();
    const returnedAt = Date.now();

    const times = await deliveryTimes(records);
    const refused = await whileDown();
    // Containers look at the shared state once a second; those before are what opened it.
    const afterOpening = refused.filter((call) => timeOfCall(call) > openedMs + cacheMs);
    expect(afterOpening.filter((call) => !isProbe(call))).toEqual([]);
    expect(refused.length).toBeLessThan(records.length + 5);
    const probes = refused.filter(isProbe).map(timeOfCall);
    for (const [index, at] of probes.slice(1).entries()) expect(at - probes[index]!).toBeGreaterThan(probeMs - 100);
    expect(Math.min(...times) - returnedAt).toBeGreaterThan(0);
    expect(Math.min(...times) - returnedAt).toBeLessThan(movesWithinMs);
    await expectOneOfEach(records);
  },
);

it('a single event into an outage of a quiet pipeline: delivered as soon as the system is back', async () => {
  const records = await unannouncedCustomers(1);
  const calls = await watchCalls();
  await setFault('salesforce', { fault: 'down' });

  await announce(records[0]!);
  await openedBreaker('salesforce');
  await clearFaults();
  const returnedAt = Date.now();

  const [deliveredAt] = await deliveryTimes(records);
  expect(deliveredAt! - returnedAt).toBeLessThan(movesWithinMs);
  const refused = (await calls('salesforce')).filter(({ fault }) => fault === 'down');
  expect(refused.filter((call) => !isProbe(call)).length).toBeLessThanOrEqual(2);
  await expectOneRecordEach(records);
});
