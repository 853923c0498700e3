import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, deliveryTimes, unannouncedAccounts, unannouncedCustomers } from './support/events.ts';
import { logEntries } from './support/logs.ts';
import { expectOneOfEach, openScene, watchCalls } from './support/scene.ts';
import { clearFaults, setFault, timeOfCall } from './support/systems.ts';

await openScene();

it('429 with `Retry-After: 1` to every write, either way: no record is asked again sooner, none is parked or doubled', async () => {
  const [customers, accounts] = [await unannouncedCustomers(10), await unannouncedAccounts(10)];
  const records = [...customers, ...accounts];
  const calls = await watchCalls();
  const upsertsOf = async (id: string) => (await calls('salesforce')).filter(({ path }) => path.endsWith(id));
  const creates = async () =>
    (await calls('stripe')).filter(({ method, path }) => method === 'POST' && path === '/v1/customers');
  await setFault('salesforce', { fault: 'throttle', retryAfter: 1, operation: 'upsert' });
  await setFault('stripe', { fault: 'throttle', retryAfter: 1, operation: 'create' });

  const events = await Promise.all(records.map(announce));
  const begun = Date.now();
  for (const { id } of customers) await waitFor(async () => (await upsertsOf(id)).length > 1);
  await waitFor(async () => (await creates()).length > 1);
  const throttled = { creates: (await creates()).length, seconds: (Date.now() - begun) / 1_000 };
  await clearFaults();

  await deliveryTimes(records);
  for (const { id } of customers) {
    const times = (await upsertsOf(id)).map(timeOfCall);
    for (const [index, at] of times.slice(1).entries()) expect(at - times[index]!).toBeGreaterThanOrEqual(1_000);
  }
  expect(throttled.creates).toBeLessThanOrEqual(accounts.length * (throttled.seconds + 1));
  for (const eventId of events) expect(logEntries({ message: 'attempt failed', eventId })).toEqual([]);
  await expectOneOfEach(records);
});
