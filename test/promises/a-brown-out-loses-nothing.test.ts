import { it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, countDelivered, deliveryTimes } from './support/events.ts';
import { expectOneOfEach, openScene, recordsEachWay, watchCalls } from './support/scene.ts';
import { clearFaults, type SystemName, setFault, systemNames } from './support/systems.ts';

await openScene();

it('40 % of all calls to both systems fail: all is delivered, one record each, and nothing is parked', async () => {
  const records = await recordsEachWay(12);
  const calls = await watchCalls();
  for (const system of systemNames) await setFault(system, { fault: 'down', share: 0.4 });

  await Promise.all(records.map(announce));
  const refused = (system: SystemName) => async () =>
    (await calls(system)).filter(({ status }) => status === 503).length > 5;
  for (const system of systemNames) await waitFor(refused(system), { what: `refusals of ${system}` });
  await waitFor(async () => (await countDelivered(records)) > 0, { what: 'a delivery amid the brown-out' });
  await clearFaults();

  await deliveryTimes(records, 45_000);
  await expectOneOfEach(records);
});
