import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { awsClients } from '../support/clients.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  announce,
  atRest,
  deliveryTimes,
  expectNoneParked,
  expectOneRecordEach,
  unannouncedAccounts,
  unannouncedCustomers,
} from './support/events.ts';
import { openedBreaker } from './support/health.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import {
  type Call,
  callsTo,
  clearFaults,
  isProbe,
  type SystemName,
  salesforceClient,
  setFault,
  stripeClient,
  timeOfCall,
  warmUp,
} from './support/systems.ts';

const { lambda, sqs } = awsClients();
const { probeMs, cacheMs } = (await policiesOf(lambda, flows.fromStripe)).breaker;

/** The next probe, lengthened by its jitter and to whole seconds; a call's timeout; and the emulator's own pace. */
const movesWithinMs = Math.ceil((probeMs * 1.1) / 1000) * 1000 + 1_000 + 1_000;

beforeAll(async () => warmUp(stripeClient(), await salesforceClient()));

afterEach(clearFaults);

/** The calls that met the outage. */
async function callsWhileDown(system: SystemName, since: number): Promise<Call[]> {
  return (await callsTo(system)).filter((call) => call.fault === 'down' && timeOfCall(call) >= since);
}

it.each<SystemName>(['salesforce', 'stripe'])(
  '%s is down under load: hardly called, nothing lost or parked, and the backlog moves as soon as it is back',
  async (system) => {
    const records = [...(await unannouncedCustomers(12)), ...(await unannouncedAccounts(12))];
    const [first, later] = [records.filter((_, index) => index % 2 === 0), records.filter((_, index) => index % 2)];

    const since = Date.now();
    await setFault(system, { fault: 'down' });
    await Promise.all(first.map(announce));
    const { openedMs } = await openedBreaker(system);
    const probed = async () => (await callsWhileDown(system, since)).filter(isProbe).length >= 2;
    for (const record of later) {
      await announce(record);
      await setTimeout(probeMs / 10);
    }
    await waitFor(probed, { what: 'two probes in vain' });
    await clearFaults();
    const returnedAt = Date.now();

    const times = await deliveryTimes(records);
    const calls = await callsWhileDown(system, since);
    // Containers look at the shared state once a second; those before are what opened it.
    const afterOpening = calls.filter((call) => timeOfCall(call) > openedMs + cacheMs);
    expect(afterOpening.filter((call) => !isProbe(call))).toEqual([]);
    expect(calls.length).toBeLessThan(records.length + 5);
    const probes = calls.filter(isProbe).map(timeOfCall);
    for (const [index, at] of probes.slice(1).entries()) expect(at - probes[index]!).toBeGreaterThan(probeMs - 100);
    expect(Math.min(...times) - returnedAt).toBeGreaterThan(0);
    expect(Math.min(...times) - returnedAt).toBeLessThan(movesWithinMs);
    await expectNoneParked(sqs, records);
    await expectOneRecordEach(records);
    await atRest(sqs);
  },
);

it('a single event into an outage of a quiet pipeline: delivered as soon as the system is back', async () => {
  const records = await unannouncedCustomers(1);
  const since = Date.now();
  await setFault('salesforce', { fault: 'down' });

  await announce(records[0]!);
  await openedBreaker('salesforce');
  await clearFaults();
  const returnedAt = Date.now();

  const [deliveredAt] = await deliveryTimes(records);
  expect(deliveredAt! - returnedAt).toBeLessThan(movesWithinMs);
  expect((await callsWhileDown('salesforce', since)).filter((call) => !isProbe(call)).length).toBeLessThanOrEqual(2);
  await expectOneRecordEach(records);
});
