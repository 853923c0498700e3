import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, deliveryTimes } from './support/events.ts';
import { breakerOf, openedBreaker } from './support/health.ts';
import { logEntries } from './support/logs.ts';
import { policiesOf } from './support/policies.ts';
import { flows } from './support/queues.ts';
import { expectOneOfEach, openScene, recordsEachWay, watchCalls } from './support/scene.ts';
import { clearFaults, isProbe, setFault, systemNames } from './support/systems.ts';
import { tokenCalls } from './support/tokens.ts';

const { waitMs } = (await policiesOf(flows.fromStripe)).auth;

await openScene();

it.each(systemNames)(
  '%s takes our access away and gives it back: nothing is parked, and all is delivered without a human',
  async (system) => {
    const records = await recordsEachWay(3);
    const calls = await watchCalls();
    await setFault(system, { fault: 'revoked' });

    const events = await Promise.all(records.map(announce));
    expect(await openedBreaker(system)).toMatchObject({ reason: 'auth' });
    const met = async () => (await calls(system)).some((call) => isProbe(call) && call.status === 401);
    await waitFor(met, { what: 'a probe that is refused, too' });
    await clearFaults();

    await deliveryTimes(records);
    for (const eventId of events) expect(logEntries({ message: 'attempt failed', eventId })).toEqual([]);
    await expectOneOfEach(records);
  },
);

it('meanwhile nobody insists: refused credentials are shown to the token endpoint again only after a wait', async () => {
  const records = await recordsEachWay(3);
  const calls = await watchCalls();
  await setFault('salesforce', { fault: 'revoked' });

  await Promise.all(records.map(announce));
  await waitFor(async () => tokenCalls(await calls('salesforce')).asked.length >= 3, {
    what: 'three calls for a token',
  });
  const { asked, times } = tokenCalls(await calls('salesforce'));
  await clearFaults();

  for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThan(waitMs - 100);
  expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 400));
  await deliveryTimes(records);
  expect(await breakerOf('salesforce')).toMatchObject({ state: 'closed' });
  await expectOneOfEach(records);
});
