import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, deliveryTimes, expectOneRecordEach, unannouncedCustomers } from './support/events.ts';
import { openedBreaker } from './support/health.ts';
import { millrace } from './support/millrace.ts';
import { parked } from './support/parked.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { clearFaults, isProbe, setFault } from './support/systems.ts';

await openScene();

it('an event that waits for a system that is down: parked without another call, and delivered once it is released', async () => {
  const records = await unannouncedCustomers(1);
  const calls = await watchCalls();
  const attempts = async () => (await calls('salesforce')).filter((call) => !isProbe(call));
  await setFault('salesforce', { fault: 'down' });
  const eventId = await announce(records[0]!);
  await openedBreaker('salesforce');
  const before = (await attempts()).length;

  const unreasoned = await millrace('park', eventId);
  const asked = await millrace('park', eventId, '--reason', 'its order was cancelled');
  const { letter } = await parked(eventId);
  const again = await millrace('park', eventId, '--reason', 'once more');
  expect(await attempts()).toHaveLength(before);
  await clearFaults();
  const released = await millrace('parked', 'release', eventId);

  expect([unreasoned, asked, again, released].map(({ code }) => code)).toEqual([2, 0, 0, 0]);
  expect(letter).toMatchObject({
    reason: 'operator: its order was cancelled',
    category: 'operator',
    lastErrorCode: 'parked-by-operator',
  });
  expect(again.output).toContain('parked already');
  await deliveryTimes(records);
  await waitFor(async () => (await parked(eventId, 'delivered')).generation === 1);
  await expectOneRecordEach(records);
});
