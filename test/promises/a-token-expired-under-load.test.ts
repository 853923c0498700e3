import { expect, it } from 'vitest';
import { mapBounded } from '../../functions/engine/map-bounded.ts';
import { waitFor } from '../support/wait-for.ts';
import { announce, countDelivered, deliveryTimes } from './support/events.ts';
import { breakerOf } from './support/health.ts';
import { logEntries } from './support/logs.ts';
import { expectOneOfEach, openScene, recordsEachWay, watchCalls } from './support/scene.ts';
import { setFault } from './support/systems.ts';
import { readToken, tokenCalls } from './support/tokens.ts';

await openScene();

it('a token that ends under load: one is fetched, no attempt is lost, nothing is parked, and no breaker opens', async () => {
  const records = await recordsEachWay(30);
  const before = await readToken();
  const calls = await watchCalls();

  const announced = mapBounded(records, 6, announce);
  await waitFor(async () => (await countDelivered(records)) >= 5, { everyMs: 50, what: 'deliveries under way' });
  await setFault('salesforce', { fault: 'expired', times: 1 });
  const events = await announced;
  await deliveryTimes(records);

  const made = await calls('salesforce');
  expect(made.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
  expect(tokenCalls(made).asked).toMatchObject([{ status: 200 }]);
  expect(await readToken()).not.toBe(before);
  expect(await breakerOf('salesforce')).toMatchObject({ state: 'closed' });
  for (const eventId of events) expect(logEntries({ message: 'attempt failed', eventId })).toEqual([]);
  await expectOneOfEach(records);
});
