import { expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { announce, deliveryTimes, expectOneRecordEach, unannouncedCustomers } from './support/events.ts';
import { millrace } from './support/millrace.ts';
import { parked, parkedAbout, statusesOf } from './support/parked.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { clearFaults, setFault } from './support/systems.ts';

await openScene();

it('once a later state of its record is delivered it is settled so, and can not be released over it', async () => {
  const [record] = await unannouncedCustomers(1);
  const calls = await watchCalls();
  await setFault('salesforce', { fault: 'no-such-field', operation: 'upsert', record: record!.id });
  const eventIds = [await announce(record!), await announce(record!)];
  for (const eventId of eventIds) await parked(eventId);
  await clearFaults();

  await announce(record!);

  await deliveryTimes([record!]);
  await waitFor(async () => (await statusesOf(eventIds)).every((status) => status === 'superseded'));
  const [listed, released] = [
    await millrace('parked', 'list', '--key', record!.id),
    await millrace('parked', 'release', eventIds[0]!),
  ];
  expect(listed).toMatchObject({ code: 0, output: expect.stringContaining('Nothing is parked') });
  expect(released).toMatchObject({ code: 1, output: expect.stringContaining('it is superseded already') });
  expect((await parkedAbout(record!.id)).filter(({ body }) => body !== undefined)).toEqual([]);
  const writes = (await calls('salesforce')).filter(({ path }) => path.endsWith(record!.id));
  expect(writes.map(({ status }) => status)).toEqual([400, 400, 201]);
  await expectOneRecordEach([record!]);
});
