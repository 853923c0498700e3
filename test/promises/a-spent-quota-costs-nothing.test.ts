import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, deliveryTimes } from './support/events.ts';
import { logEntries } from './support/logs.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { expectOneOfEach, openScene, recordsEachWay, watchCalls } from './support/scene.ts';
import { clearFaults, isProbe, setFault, timeOfCall } from './support/systems.ts';

const { recheckMs } = (await policiesOf(flows.fromStripe)).budget;

/** What was at work when the first was refused; it takes so long until all containers know. */
const knownWithinMs = 1_000;

/** A message waits for the next look, or for the one after it, in whole seconds; and the emulator has its own pace. */
const movesWithinMs = 2 * recheckMs + 1_000 + 1_000;

await openScene();

it("Salesforce's day is used up: one look an interval, nothing parked, and all goes on by itself when it is back", async () => {
  const records = await recordsEachWay(6);
  const calls = await watchCalls();
  const refused = async () => (await calls('salesforce')).filter(({ fault }) => fault === 'quota');
  await setFault('salesforce', { fault: 'quota' });

  const events = await Promise.all(records.map(announce));
  await waitFor(async () => (await refused()).filter(isProbe).length >= 4, { what: 'four looks in vain' });
  const whileSpent = await refused();
  await clearFaults();
  const returnedAt = Date.now();

  const times = await deliveryTimes(records);
  const knownAt = timeOfCall(whileSpent[0]!) + knownWithinMs;
  const looks = whileSpent.filter(isProbe).map(timeOfCall);
  expect(whileSpent.filter((call) => timeOfCall(call) > knownAt && !isProbe(call))).toEqual([]);
  for (const [index, at] of looks.slice(1).entries()) expect(at - looks[index]!).toBeGreaterThan(recheckMs - 100);
  expect(Math.min(...times)).toBeGreaterThan(returnedAt);
  expect(Math.min(...times) - returnedAt).toBeLessThan(movesWithinMs);
  for (const eventId of events) expect(logEntries({ message: 'attempt failed', eventId })).toEqual([]);
  expect(logEntries({ message: 'delivery deferred', code: 'budget-spent' }).length).toBeGreaterThan(0);
  await expectOneOfEach(records);
});
